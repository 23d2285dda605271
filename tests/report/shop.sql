-- What the made-up shop is made of. Even numbers between 0 and 1 from a hash, normal ones from two.
CREATE TEMP MACRO even(words) AS (1 + md5_number_lower(words) % 999998) / 1000000.0;
CREATE TEMP MACRO normal(words) AS
    sqrt(-2 * ln(even(words || 'a'))) * cos(2 * pi() * even(words || 'b'));
CREATE TEMP TABLE made_customers AS
SELECT
    'customer ' || i AS customer_id,
    least(k(), 1 + floor(k() * sqrt(even('segment' || i))))::INTEGER AS segment_id,
    i
FROM range(people()) AS numbers(i);
CREATE OR REPLACE TEMP TABLE made_customers AS
SELECT
    customer_id,
    segment_id,
    abs(normal('distance' || i)) + 0.2 AS distance,
    pow(even('margin' || i), 0.6) AS margin,
    even('moved' || i) < 0.08 AS moved,
    2.6 * cos(segment_id * 2 * pi() / k()) + 0.7 * normal('pc1' || i) AS pc1,
    1.9 * sin(segment_id * 2 * pi() / k()) + 0.7 * normal('pc2' || i) AS pc2,
    1.2 * cos(segment_id * 4.1) + 0.5 * normal('pc3' || i) AS pc3
FROM made_customers;
CREATE TEMP TABLE made_long AS
SELECT
    customer_id,
    segment_id,
    place,
    feature,
    CASE
        -- In the last segment only three customers are known to have this one.
        WHEN place = 5 AND segment_id = k() AND customer_id NOT IN (
            SELECT customer_id FROM made_customers WHERE segment_id = k()
            ORDER BY customer_id LIMIT 3
        ) THEN NULL
        WHEN place = 5 AND even('missing' || customer_id) < 0.07 THEN NULL
        WHEN feature = 'Newsletter' THEN if(even('n' || customer_id) < segment_id / (k() + 1), 1, 0)
        WHEN with_orders() AND place = 0
            THEN greatest(1, round(14 + 220 * pow((segment_id - 1) / k(), 1.4)
                                   + (6 + 8 * segment_id) * normal('0' || customer_id)))
        WHEN with_orders() AND place = 1
            THEN greatest(1, round(22 / segment_id * exp(0.4 * normal('1' || customer_id))))
        WHEN with_orders() AND place = 2
            THEN round(1400 / pow(segment_id, 1.3) * exp(0.55 * normal('2' || customer_id)), 2)
        ELSE round(60 + 16 * ((segment_id * (place + 2)) % k())
                   + 12 * normal(place || customer_id), 1)
    END::DOUBLE AS value
FROM made_customers, made_feature_names;
CREATE TEMP TABLE made_wide AS
WITH wide AS (
    PIVOT (SELECT customer_id, feature, value FROM made_long)
    ON feature USING any_value(value) GROUP BY customer_id
),
scores AS (
    SELECT
        customer_id,
        any_value(6 - fifth) FILTER (place = 0)::INTEGER AS r_score,
        any_value(fifth) FILTER (place = 1)::INTEGER AS f_score,
        any_value(fifth) FILTER (place = 2)::INTEGER AS m_score
    FROM (SELECT *, ntile(5) OVER (PARTITION BY place ORDER BY value) AS fifth FROM made_long)
    WHERE with_orders()
    GROUP BY customer_id
)
SELECT
    wide.*,
    r_score,
    f_score,
    m_score,
    CASE
        WHEN r_score >= 4 AND f_score >= 4 THEN 'Champion'
        WHEN r_score >= 3 AND f_score >= 3 THEN 'Potential Loyalist'
        WHEN r_score >= 4 THEN 'New'
        WHEN f_score >= 3 THEN 'At Risk'
        WHEN f_score < 3 THEN 'Hibernating'
    END AS rfm_segment
FROM wide
LEFT JOIN scores USING (customer_id);
CREATE TEMP TABLE made_whole AS
SELECT place, feature, avg(value) AS mean, stddev_pop(value) AS sd FROM made_long GROUP BY ALL;
CREATE TEMP TABLE made_segment_features AS
SELECT
    segment_id,
    feature,
    count(value) AS customers,
    avg(value) AS mean,
    quantile_cont(value, 0.05) AS p05,
    quantile_cont(value, 0.25) AS p25,
    median(value) AS median,
    quantile_cont(value, 0.75) AS p75,
    quantile_cont(value, 0.95) AS p95,
    (avg(value) - any_value(made_whole.mean)) / any_value(made_whole.sd) AS z
FROM made_long JOIN made_whole USING (feature)
GROUP BY segment_id, feature
ORDER BY segment_id, feature;
CREATE TEMP TABLE made_sizes AS
SELECT
    segment_id,
    count(DISTINCT customer_id) AS customers,
    CASE WHEN with_orders() THEN sum(value) FILTER (place = 2) END AS revenue
FROM made_long GROUP BY segment_id;
CREATE TEMP TABLE made_segment_profiles AS
SELECT
    segment_id,
    segment,
    tier,
    customers,
    customers / sum(customers) OVER () AS customer_share,
    revenue,
    revenue / sum(revenue) OVER () AS revenue_share,
    'Orders 4.2 times as often as the average customer (18.3 orders); last order 9 days ago (all '
    || 'customers: 71); average order value £31.20 (1.4 times the average).' AS summary,
    CASE WHEN with_orders() THEN list_value('low', 'medium', 'high')[1 + segment_id % 3] END
        AS churn_risk,
    CASE WHEN with_orders() THEN segment_id / (k() + 1) END AS overdue,
    'Reward them, give early access to what is new, and ask for referrals.' AS action,
    'They bought lately, often, and for much: they carry the business and talk about it.'
        AS action_reason,
    'recency_days <= 31.5 AND monetary > 812.4' AS rule,
    0.93 - 0.02 * segment_id AS rule_precision,
    0.88 - 0.03 * segment_id AS rule_recall,
    0.7 + 0.05 * segment_id AS cohesion,
    1.6 + 0.21 * ((segment_id * 3) % k()) AS separation,
    0.5 - 0.02 * segment_id AS margin,
    0.52 - 0.04 * segment_id AS silhouette,
    0.95 - 0.05 * segment_id AS stability,
    0.01 * segment_id AS stability_error
FROM made_segment_names JOIN made_sizes USING (segment_id)
ORDER BY segment_id;
CREATE TEMP TABLE made_segment_centroids AS
SELECT segment_id, feature, z AS scaled, mean AS natural FROM made_segment_features;
CREATE TEMP TABLE made_feature_parameters AS
SELECT
    feature,
    place::INTEGER AS position,
    NULL::VARCHAR AS left_out,
    median(value) AS fill,
    quantile_cont(value, 0.01) AS lower,
    quantile_cont(value, 0.99) AS upper,
    if(with_orders() AND place IN (1, 2), 'log1p', 'none') AS transform,
    avg(value) AS center,
    stddev_pop(value) AS spread
FROM made_long GROUP BY place, feature ORDER BY place;
CREATE TEMP TABLE made_k_selection AS
SELECT
    k::INTEGER AS k,
    9000 / pow(k, 0.9) AS inertia,
    0.45 - 0.012 * abs(k - 3) AS silhouette,
    0.5 - 0.01 * abs(k - 4) AS simplified_silhouette,
    0.8 + 0.03 * abs(k - 5) AS davies_bouldin,
    900.0 - 20 * abs(k - 5) AS calinski_harabasz,
    0.3 + 0.05 * ln(k) AS gap,
    0.01 AS gap_error,
    0.004 AS gap_step_error,
    0.97 - 0.03 * abs(k - 4) AS stability,
    0.01 * k AS stability_error,
    k = k() AS selected
FROM range(2, 11) AS tried(k);
CREATE TEMP TABLE made_feature_statistics AS
SELECT
    feature,
    unit,
    count(value) AS customers,
    count(*) - count(value) AS missing,
    avg(value) AS mean,
    stddev_pop(value) AS sd,
    min(value) AS minimum,
    quantile_cont(value, 0.05) AS p05,
    quantile_cont(value, 0.25) AS p25,
    median(value) AS median,
    quantile_cont(value, 0.75) AS p75,
    quantile_cont(value, 0.95) AS p95,
    max(value) AS maximum,
    skewness(value) AS skewness,
    0.02 AS capped_share,
    0.9 / (1 + 0.4 * place) AS importance
FROM made_long JOIN made_feature_names USING (place, feature)
GROUP BY place, feature, unit ORDER BY place;
CREATE TEMP TABLE made_feature_histograms AS
WITH staged AS (
    SELECT feature, 'before' AS stage, value, minimum AS low, maximum AS high
    FROM made_long JOIN made_feature_statistics USING (feature)
    UNION ALL
    SELECT feature, 'after', least(greatest(coalesce(value, fill), lower), upper), lower, upper
    FROM made_long JOIN made_feature_parameters USING (feature)
)
SELECT
    feature,
    stage,
    least(29, floor(30 * (value - low) / (high - low)))::INTEGER AS bin,
    any_value(low) + bin * any_value(high - low) / 30 AS lower,
    any_value(low) + (bin + 1) * any_value(high - low) / 30 AS upper,
    count(*) AS customers
FROM staged WHERE value IS NOT NULL GROUP BY feature, stage, bin ORDER BY ALL;
CREATE TEMP TABLE made_feature_correlations AS
SELECT a.feature, b.feature AS other, corr(a.value, b.value) AS r
FROM made_long AS a JOIN made_long AS b USING (customer_id) GROUP BY ALL ORDER BY ALL;
CREATE TEMP TABLE made_principal_components AS
SELECT
    component::INTEGER AS component,
    0.55 / component AS explained_share,
    feature,
    round(cos(component * (place + 1) * 0.8), 3) AS loading
FROM made_feature_names, range(1, 4) AS components(component) ORDER BY component, place;
CREATE TEMP TABLE made_segment_map AS
SELECT segment_id, segment, avg(pc1) AS pc1, avg(pc2) AS pc2, avg(pc3) AS pc3
FROM made_customers JOIN made_segment_names USING (segment_id) GROUP BY ALL ORDER BY segment_id;
CREATE TEMP TABLE made_rfm_by_segment AS
SELECT rfm_segment, segment_id, segment, count(*) AS customers
FROM made_wide JOIN made_customers USING (customer_id) JOIN made_segment_names USING (segment_id)
WHERE rfm_segment IS NOT NULL GROUP BY ALL ORDER BY ALL;
CREATE TEMP TABLE made_reasons AS
FROM (VALUES
    ('orders', 'duplicate row', 231), ('orders', 'missing amount', 74),
    ('orders', 'future date', 12), ('customers', 'no orders', 38)
) AS reasons(source, reason, rows)

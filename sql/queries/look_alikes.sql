-- Who is like these customers?
-- Reads customer_features, feature_parameters, segments: those nearest to the middle of a list.
-- Distances are those of the model: filled, capped, transformed and scaled as it learned.
-- Parameter ids = null each of segments.customer_id: customer ids, separated by commas
-- Parameter limit = 20 from 1: how many customers
WITH listed AS (
    SELECT trim(id) AS id FROM (SELECT unnest(string_split($ids, ',')) AS id)
),
known AS (
    SELECT
        customer_id,
        COLUMNS(* EXCLUDE (customer_id, r_score, f_score, m_score, rfm_segment))::DOUBLE
    FROM segdb.customer_features
),
by_feature AS (
    SELECT customer_id, feature, value
    FROM known
    UNPIVOT INCLUDE NULLS (value FOR feature IN (COLUMNS(* EXCLUDE (customer_id))))
),
capped AS (
    SELECT b.customer_id, p.*, least(greatest(coalesce(b.value, p.fill), p.lower), p.upper) AS x
    FROM by_feature AS b
    JOIN segdb.feature_parameters AS p ON p.feature = b.feature AND p.position IS NOT NULL
),
placed AS (
    SELECT
        customer_id,
        feature,
        (CASE transform WHEN 'log1p' THEN ln(1 + x) ELSE x END - center) / spread AS x
    FROM capped
),
middle AS (
    SELECT feature, avg(x) AS x
    FROM placed
    WHERE CAST(customer_id AS VARCHAR) IN (SELECT id FROM listed)
    GROUP BY feature
)
SELECT
    p.customer_id,
    any_value(s.segment) AS segment,
    round(sqrt(sum((p.x - m.x) ** 2)), 4) AS apart
FROM placed AS p
JOIN middle AS m ON m.feature = p.feature
JOIN segdb.segments AS s ON s.customer_id = p.customer_id
WHERE CAST(p.customer_id AS VARCHAR) NOT IN (SELECT id FROM listed)
GROUP BY p.customer_id
ORDER BY apart, p.customer_id
LIMIT $limit;

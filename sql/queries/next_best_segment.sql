-- Which segment is each customer closest to, beside the own one?
-- Reads segments, customer_features, feature_parameters, segment_centroids, segment_profiles.
-- Distances are those of the model: filled, capped, transformed and scaled as it learned.
-- Parameter segment = "%" like segment_profiles.segment: the own segment's name, or a LIKE pattern
-- Parameter limit = 20 from 1: how many customers, those nearest to another segment first
WITH asked AS (
    SELECT customer_id, segment_id, segment, distance, margin
    FROM segdb.segments
    WHERE segment ILIKE $segment
    ORDER BY margin, customer_id
    LIMIT $limit
),
known AS (
    SELECT
        customer_id,
        COLUMNS(* EXCLUDE (customer_id, r_score, f_score, m_score, rfm_segment))::DOUBLE
    FROM segdb.customer_features
    WHERE customer_id IN (SELECT customer_id FROM asked)
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
others AS (
    SELECT p.customer_id, c.segment_id, sqrt(sum((p.x - c.scaled) ** 2)) AS apart
    FROM placed AS p
    JOIN segdb.segment_centroids AS c ON c.feature = p.feature
    JOIN asked AS a ON a.customer_id = p.customer_id AND a.segment_id <> c.segment_id
    GROUP BY p.customer_id, c.segment_id
    QUALIFY row_number() OVER (PARTITION BY p.customer_id ORDER BY apart, c.segment_id) = 1
)
SELECT
    a.customer_id,
    a.segment,
    n.segment AS next_segment,
    round(a.distance, 4) AS distance,
    round(o.apart, 4) AS next_distance,
    round(a.margin, 4) AS margin
FROM asked AS a
JOIN others AS o ON o.customer_id = a.customer_id
JOIN segdb.segment_profiles AS n ON n.segment_id = o.segment_id
ORDER BY a.margin, a.customer_id;

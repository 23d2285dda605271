-- Which segment is each customer closest to, beside the own one?
-- Reads segments, segment_distances, segment_profiles.
-- Parameter segment = "%" like segment_profiles.segment: the own segment's name, or a LIKE pattern
-- Parameter limit = 20 from 1: how many customers, those nearest to another segment first
WITH asked AS (
    SELECT customer_id, segment_id, segment, distance, margin
    FROM segdb.segments
    WHERE segment ILIKE $segment
    ORDER BY margin, customer_id
    LIMIT $limit
),
others AS (
    SELECT d.customer_id, d.segment_id, d.distance
    FROM segdb.segment_distances AS d
    JOIN asked AS a ON a.customer_id = d.customer_id AND a.segment_id <> d.segment_id
    QUALIFY row_number() OVER (PARTITION BY d.customer_id ORDER BY d.distance, d.segment_id) = 1
)
SELECT
    a.customer_id,
    a.segment,
    n.segment AS next_segment,
    round(a.distance, 4) AS distance,
    round(o.distance, 4) AS next_distance,
    round(a.margin, 4) AS margin
FROM asked AS a
JOIN others AS o ON o.customer_id = a.customer_id
JOIN segdb.segment_profiles AS n ON n.segment_id = o.segment_id
ORDER BY a.margin, a.customer_id;

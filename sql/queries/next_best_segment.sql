-- Which segment is each customer closest to, beside the own one?
-- Reads customer_map, segment_map, segments: by the three coordinates of the maps.
-- Parameter limit = 20: how many customers, those nearest to another segment first
WITH others AS (
    SELECT
        m.customer_id,
        c.segment AS next_segment,
        sqrt((m.pc1 - c.pc1) ** 2 + (m.pc2 - c.pc2) ** 2 + (m.pc3 - c.pc3) ** 2) AS map_distance
    FROM segdb.customer_map AS m
    JOIN segdb.segment_map AS c ON c.segment_id <> m.segment_id
    QUALIFY row_number() OVER (
        PARTITION BY m.customer_id ORDER BY map_distance, c.segment_id
    ) = 1
)
SELECT customer_id, segment, next_segment, round(margin, 4) AS margin
FROM segdb.segments
JOIN others USING (customer_id)
ORDER BY margin, customer_id
LIMIT $limit;

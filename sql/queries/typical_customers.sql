-- What does a typical customer of each segment look like?
-- Reads segments: the three customers nearest to each centroid.
SELECT segment_id, segment, customer_id, round(distance, 3) AS distance
FROM segdb.segments
QUALIFY row_number() OVER (PARTITION BY segment_id ORDER BY distance, customer_id) <= 3
ORDER BY segment_id, distance;

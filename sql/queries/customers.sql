-- Who is in a segment?
-- Reads customer_segments.
-- Parameter segment = "%" like segment_profiles.segment: its name, or a LIKE pattern
-- Parameter limit = 50 from 1: how many customers
SELECT *
FROM segdb.customer_segments
WHERE segment ILIKE $segment
ORDER BY segment_id, distance, customer_id
LIMIT $limit;

-- Which customers could as well be in another segment?
-- Reads segments: the smallest margins between the nearest and the next nearest centroid.
-- Parameter limit = 20 from 1: how many customers
SELECT customer_id, segment, round(margin, 4) AS margin, round(distance, 3) AS distance
FROM segdb.segments AS s
ORDER BY s.margin, s.customer_id
LIMIT $limit;

-- Who is like these customers?
-- Reads customer_coordinates, segments: those nearest to the middle of a list.
-- Parameter ids = null each of segments.customer_id: customer ids, separated by commas
-- Parameter limit = 20 from 1: how many customers
WITH listed AS (
    SELECT trim(id) AS id FROM (SELECT unnest(string_split($ids, ',')) AS id)
),
middle AS (
    SELECT dimension, avg(value) AS value
    FROM segdb.customer_coordinates
    WHERE CAST(customer_id AS VARCHAR) IN (SELECT id FROM listed)
    GROUP BY dimension
)
SELECT
    c.customer_id,
    any_value(s.segment) AS segment,
    round(sqrt(sum((c.value - m.value) ** 2)), 4) AS apart
FROM segdb.customer_coordinates AS c
JOIN middle AS m ON m.dimension = c.dimension
JOIN segdb.segments AS s ON s.customer_id = c.customer_id
WHERE CAST(c.customer_id AS VARCHAR) NOT IN (SELECT id FROM listed)
GROUP BY c.customer_id
ORDER BY apart, c.customer_id
LIMIT $limit;

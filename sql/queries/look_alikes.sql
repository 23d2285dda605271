-- Who is like these customers?
-- Reads customer_map, segments: those nearest to the middle of a list of customers on the maps.
-- Parameter ids = "": customer ids, separated by commas
-- Parameter limit = 20: how many customers
WITH listed AS (
    SELECT *
    FROM segdb.customer_map
    WHERE list_contains(string_split(replace($ids, ' ', ''), ','), CAST(customer_id AS VARCHAR))
),
middle AS (
    SELECT avg(pc1) AS pc1, avg(pc2) AS pc2, avg(pc3) AS pc3 FROM listed
)
SELECT
    m.customer_id,
    s.segment,
    round(sqrt((m.pc1 - c.pc1) ** 2 + (m.pc2 - c.pc2) ** 2 + (m.pc3 - c.pc3) ** 2), 4) AS apart
FROM segdb.customer_map AS m
CROSS JOIN middle AS c
JOIN segdb.segments AS s USING (customer_id)
WHERE c.pc1 IS NOT NULL AND m.customer_id NOT IN (SELECT customer_id FROM listed)
ORDER BY apart, m.customer_id
LIMIT $limit;

-- How much of the revenue comes from the best tenth of the customers?
-- Reads customer_segments.
WITH ranked AS (
    SELECT segment, monetary, percent_rank() OVER (ORDER BY monetary DESC) AS place
    FROM segdb.customer_segments
)
SELECT
    segment,
    count(*) AS customers,
    round(sum(monetary), 2) AS revenue,
    round(100 * sum(monetary) / (SELECT sum(monetary) FROM ranked), 1) AS percent_of_all_revenue
FROM ranked
WHERE place < 0.1
GROUP BY segment
ORDER BY revenue DESC;

-- Who is slipping away?
-- Reads customer_segments: good customers who have been silent for twice their own rhythm.
SELECT customer_id, segment, recency_days, days_between_orders, monetary
FROM segdb.customer_segments
WHERE m_score >= 4 AND frequency >= 3 AND recency_days > 2 * days_between_orders
ORDER BY monetary DESC, customer_id
LIMIT 20;

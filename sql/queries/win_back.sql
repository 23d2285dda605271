-- Who is worth winning back?
-- Reads customer_segments: customers of segments at high churn risk, the most valuable first.
-- Parameter limit = 20: how many customers
SELECT customer_id, segment, monetary, frequency, recency_days, action
FROM segdb.customer_segments
WHERE churn_risk = 'high'
ORDER BY monetary DESC, customer_id
LIMIT $limit;

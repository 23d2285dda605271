-- Who bought for the first time lately?
-- Reads customer_segments.
-- Parameter days = 30 from 0: since the first order
-- Parameter limit = 20 from 1: how many customers
SELECT customer_id, segment, tenure_days, frequency, monetary
FROM segdb.customer_segments
WHERE tenure_days <= $days
ORDER BY monetary DESC, customer_id
LIMIT $limit;

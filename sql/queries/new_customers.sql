-- Who bought for the first time in the last 30 days?
-- Reads customer_segments.
SELECT customer_id, segment, tenure_days, frequency, monetary
FROM segdb.customer_segments
WHERE tenure_days <= 30
ORDER BY monetary DESC, customer_id
LIMIT 20;

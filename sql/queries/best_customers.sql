-- Who are my best customers?
-- Reads customer_segments: the most valuable segment, by revenue.
SELECT customer_id, segment, monetary, frequency, recency_days
FROM segdb.customer_segments
WHERE segment_id = (
    SELECT segment_id FROM segdb.segment_profiles ORDER BY revenue / customers DESC LIMIT 1
)
ORDER BY monetary DESC, customer_id
LIMIT 20;

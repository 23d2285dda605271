-- Who are my best customers?
-- Reads segment_profiles, customer_segments: the segment with the most revenue a customer.
-- Parameter limit = 20 from 1: how many customers
SELECT customer_id, segment, monetary, frequency, recency_days
FROM segdb.customer_segments
WHERE segment_id = (
    SELECT segment_id FROM segdb.segment_profiles ORDER BY revenue / customers DESC LIMIT 1
)
ORDER BY monetary DESC, customer_id
LIMIT $limit;

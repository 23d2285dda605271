-- Who moved to a less valuable segment in the last run?
-- Reads entered_segment, segment_migrations, segment_profiles, customer_features.
-- Parameter limit = 20 from 1: how many customers
WITH worth AS (
    SELECT segment, revenue / customers AS revenue_per_customer FROM segdb.segment_profiles
)
SELECT customer_id, previous_segment, segment, monetary, recency_days, entered_at
FROM segdb.entered_segment
JOIN segdb.customer_features USING (customer_id)
JOIN worth AS now USING (segment)
JOIN worth AS before ON before.segment = previous_segment
WHERE entered_at = (SELECT max(as_of) FROM segdb.segment_migrations)
    AND now.revenue_per_customer < before.revenue_per_customer
ORDER BY monetary DESC, customer_id
LIMIT $limit;

-- What does a typical customer of each segment look like?
-- Reads typical_customers, customer_features: those nearest to each centroid.
-- Parameter each = 3 from 1: how many customers of each segment
SELECT segment_id, place, f.*
FROM segdb.typical_customers
JOIN segdb.customer_features AS f USING (customer_id)
WHERE place <= $each
ORDER BY segment_id, place;

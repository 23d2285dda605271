-- What does each segment bring?
-- Reads segment_profiles.
SELECT
    segment_id,
    segment,
    customers,
    round(100 * customer_share, 1) AS customers_percent,
    round(revenue, 2) AS revenue,
    round(100 * revenue_share, 1) AS revenue_percent,
    round(revenue / customers, 2) AS revenue_per_customer
FROM segdb.segment_profiles
ORDER BY segment_id;

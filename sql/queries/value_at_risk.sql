-- How much revenue is at risk?
-- Reads segment_profiles: revenue of each segment, and of its customers who are overdue.
SELECT
    segment_id,
    segment,
    churn_risk,
    round(100 * overdue, 1) AS overdue_percent,
    round(revenue, 2) AS revenue,
    round(revenue * overdue, 2) AS revenue_at_risk
FROM segdb.segment_profiles
ORDER BY revenue_at_risk DESC;

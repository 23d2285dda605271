-- How much of the coming revenue is at risk?
-- Reads segment_profiles: within the horizon_days of value_model, by customer_value.
SELECT
    segment_id,
    segment,
    churn_risk,
    round(100 * overdue, 1) AS overdue_percent,
    round(revenue, 2) AS past_revenue,
    round(expected_revenue, 2) AS expected_revenue,
    round(revenue_at_risk, 2) AS revenue_at_risk
FROM segdb.segment_profiles
ORDER BY coalesce(revenue_at_risk, expected_revenue, 0) DESC, segment_id;

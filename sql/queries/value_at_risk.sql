-- How much revenue is at risk?
-- Reads customer_segments, feature_parameters: overdue is who is silent for twice the own rhythm.
WITH judged AS (
    SELECT
        *,
        recency_days > 2 * greatest(
            coalesce(
                days_between_orders,
                (SELECT fill FROM segdb.feature_parameters WHERE feature = 'days_between_orders')
            ),
            1
        ) AS overdue
    FROM segdb.customer_segments
)
SELECT
    segment_id,
    segment,
    churn_risk,
    round(100 * avg(overdue::INTEGER), 1) AS overdue_percent,
    round(sum(monetary), 2) AS revenue,
    round(coalesce(sum(monetary) FILTER (overdue), 0), 2) AS revenue_at_risk
FROM judged
GROUP BY segment_id, segment, churn_risk
ORDER BY revenue_at_risk DESC, segment_id;

-- How much of the past revenue came from customers who are overdue?
-- Reads customer_segments, feature_parameters: overdue: no order for more than twice the own mean gap; orders of one day are no gap.
WITH usual AS (
    -- A fill of 0 is no gap: nobody has one, or the settings fill with zero.
    SELECT any_value(greatest(fill, 1)) AS days
    FROM segdb.feature_parameters
    WHERE feature = 'days_between_orders' AND fill <> 0
),
judged AS (
    SELECT
        *,
        recency_days > 2 * coalesce(
            if(
                days_between_orders * (frequency - 1) >= 1,
                greatest(days_between_orders, 1),
                NULL
            ),
            usual.days
        ) AS overdue
    FROM segdb.customer_segments, usual
)
SELECT
    segment_id,
    segment,
    churn_risk,
    round(100 * avg(overdue::INTEGER), 1) AS overdue_percent,
    round(sum(monetary), 2) AS revenue,
    round(coalesce(sum(monetary) FILTER (overdue), 0), 2) AS revenue_of_overdue
FROM judged
GROUP BY segment_id, segment, churn_risk
ORDER BY revenue_of_overdue DESC, segment_id;

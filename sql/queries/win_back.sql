-- Who is worth winning back?
-- Reads customer_segments, feature_parameters: of segments at high churn risk, who is overdue.
-- Overdue is who is silent for twice the own mean gap between orders; the most valuable first.
-- Parameter limit = 20 from 1: how many customers
SELECT customer_id, segment, monetary, frequency, recency_days, action
FROM segdb.customer_segments
WHERE churn_risk = 'high'
    AND recency_days > 2 * greatest(
        coalesce(
            days_between_orders,
            (SELECT fill FROM segdb.feature_parameters WHERE feature = 'days_between_orders')
        ),
        1
    )
ORDER BY monetary DESC, customer_id
LIMIT $limit;

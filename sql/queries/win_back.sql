-- Who is worth winning back?
-- Reads customer_segments, feature_parameters: of segments at high churn risk, who is overdue.
-- Overdue: no order for more than twice the own mean gap between orders; the most valuable first.
-- Parameter limit = 20 from 1: how many customers
WITH usual AS (
    -- A fill of 0 is no gap: nobody has one, or the settings fill with zero.
    SELECT any_value(greatest(fill, 1)) AS days
    FROM segdb.feature_parameters
    WHERE feature = 'days_between_orders' AND fill <> 0
)
SELECT customer_id, segment, monetary, frequency, recency_days, action
FROM segdb.customer_segments, usual
WHERE churn_risk = 'high'
    AND recency_days > 2 * coalesce(
        if(days_between_orders < 1, 1, days_between_orders),
        usual.days
    )
ORDER BY monetary DESC, customer_id
LIMIT $limit;

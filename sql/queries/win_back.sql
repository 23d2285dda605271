-- Who is worth winning back?
-- Reads customer_segments, feature_parameters: of segments at high churn risk, who is overdue.
-- Overdue is who is silent for twice the own mean gap between orders; the most valuable first.
-- Parameter limit = 20: how many customers
WITH usual AS (
    -- A fill of 0 is no rhythm: nobody has one, or the settings fill with zero.
    SELECT any_value(nullif(fill, 0)) AS days
    FROM segdb.feature_parameters
    WHERE feature = 'days_between_orders'
)
SELECT c.customer_id, c.segment, c.monetary, c.frequency, c.recency_days, c.action
FROM segdb.customer_segments AS c, usual,
    LATERAL (SELECT coalesce(c.days_between_orders, usual.days) AS days) AS r
WHERE c.churn_risk = 'high' AND c.recency_days > 2 * if(r.days < 1, 1, r.days)
ORDER BY monetary DESC, customer_id
LIMIT $limit;

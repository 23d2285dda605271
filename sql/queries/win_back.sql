-- Who is worth winning back?
-- Reads customer_segments, segment_profiles, feature_parameters: of segments where most are overdue.
-- Overdue: no order for more than twice the own mean gap between orders, which orders of one day do not make; who brought most first.
-- Parameter limit = 20 from 1: how many customers
WITH usual AS (
    -- A fill of 0 is no gap: nobody has one, or the settings fill with zero.
    SELECT any_value(greatest(fill, 1)) AS days
    FROM segdb.feature_parameters
    WHERE feature = 'days_between_orders' AND fill <> 0
)
SELECT customer_id, segment, monetary, frequency, recency_days, action
FROM segdb.customer_segments, usual
WHERE segment_id IN (SELECT segment_id FROM segdb.segment_profiles WHERE overdue >= 0.6)
    AND recency_days > 2 * coalesce(
        if(
            days_between_orders * (frequency - 1) >= 1,
            greatest(days_between_orders, 1),
            NULL
        ),
        usual.days
    )
ORDER BY monetary DESC, customer_id
LIMIT $limit;

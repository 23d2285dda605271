-- Which customers are overdue, and what are they worth?
-- Reads customer_segments, customer_value: no order for more than twice the own mean gap.
-- Parameter times = 2.0 from 0: of their own mean gap between orders
-- Parameter segment = "%" like segment_profiles.segment: its name, or a LIKE pattern
-- Parameter limit = 20 from 1: how many customers
SELECT
    customer_id,
    segment,
    recency_days,
    round(days_between_orders, 1) AS days_between_orders,
    round(expected_value, 2) AS expected_value,
    round(customer_value.value_at_risk, 2) AS value_at_risk,
    round(100 * p_alive, 1) AS alive_percent
FROM segdb.customer_segments
LEFT JOIN segdb.customer_value USING (customer_id)
WHERE
    segment ILIKE $segment
    AND days_between_orders >= 1
    AND recency_days > $times * days_between_orders
ORDER BY customer_value.expected_value DESC NULLS LAST, monetary DESC, customer_id
LIMIT $limit;

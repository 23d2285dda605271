-- Who is expected to bring most?
-- Reads customer_value, segments: within the horizon_days of value_model.
-- Parameter segment = "%" like segment_profiles.segment: its name, or a LIKE pattern
-- Parameter limit = 20 from 1: how many customers
SELECT
    customer_id,
    segment,
    round(expected_value, 2) AS expected_value,
    round(expected_orders, 2) AS expected_orders,
    round(expected_order_value, 2) AS expected_order_value,
    round(100 * p_alive, 1) AS alive_percent,
    round(100 * probability_of_order, 1) AS order_percent
FROM segdb.customer_value
INNER JOIN segdb.segments USING (customer_id)
WHERE segment ILIKE $segment
ORDER BY customer_value.expected_value DESC NULLS LAST, customer_id
LIMIT $limit;

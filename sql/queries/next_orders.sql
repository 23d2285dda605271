-- Who is likely to order next, and by when?
-- Reads customer_value, segments: by when an order is as likely as not.
-- Parameter segment = "%" like segment_profiles.segment: its name, or a LIKE pattern
-- Parameter limit = 20 from 1: how many customers
SELECT
    customer_id,
    segment,
    expected_next_order_at::DATE AS expected_next_order,
    round(100 * probability_of_order, 1) AS order_percent,
    round(expected_order_value, 2) AS expected_order_value
FROM segdb.customer_value
INNER JOIN segdb.segments USING (customer_id)
WHERE segment ILIKE $segment AND expected_next_order_at IS NOT NULL
ORDER BY expected_next_order_at, customer_value.expected_value DESC NULLS LAST, customer_id
LIMIT $limit;

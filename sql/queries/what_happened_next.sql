-- What did the customers of each segment do next?
-- Reads segment_outcomes: segments of an earlier day, and the days behind it.
SELECT
    cut::DATE AS cut,
    horizon_days,
    segment,
    customers,
    round(100 * return_rate, 1) AS returned_percent,
    round(100 * return_rate_low, 1) AS from_percent,
    round(100 * return_rate_high, 1) AS to_percent,
    round(orders_per_customer, 2) AS orders_per_customer,
    round(revenue_per_customer, 2) AS revenue_per_customer,
    round(100 * revenue_share, 1) AS revenue_percent,
    round(lift, 2) AS lift,
    round(100 * expected_return_rate, 1) AS expected_percent
FROM segdb.segment_outcomes
ORDER BY cut, segment_id;

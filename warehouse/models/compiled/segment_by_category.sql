-- What each segment buys. The segments are models like any other.
SELECT
    segments.segment,
    orders.category,
    count(DISTINCT orders.customer_id) AS customers,
    CAST(sum(orders.amount) AS DOUBLE) AS revenue
FROM {{ ref('segdb_segments', 'segments') }} AS segments
INNER JOIN {{ ref('stg_orders') }} AS orders USING (customer_id)
GROUP BY ALL

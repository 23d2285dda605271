-- Order lines of the shop, one row a line.
SELECT order_id, customer_id, ordered_at, amount, category
FROM {{ ref('shop_orders') }}

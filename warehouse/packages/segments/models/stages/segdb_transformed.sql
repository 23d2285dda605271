-- long tails straightened
WITH "capped" AS (SELECT * FROM {{ ref('segdb_capped') }})
SELECT * FROM (
SELECT
  "t0"."customer_id",
  "t0"."recency_days",
  "t0"."frequency",
  "t0"."monetary",
  "t0"."tenure_days",
  "t0"."average_order_value",
  "t0"."days_between_orders",
  LN("t0"."x_recency_days" + 1.0) AS "x_recency_days",
  LN("t0"."x_frequency" + 1.0) AS "x_frequency",
  LN("t0"."x_monetary" + 1.0) AS "x_monetary",
  "t0"."x_tenure_days",
  LN("t0"."x_average_order_value" + 1.0) AS "x_average_order_value",
  LN("t0"."x_days_between_orders" + 1.0) AS "x_days_between_orders"
FROM "capped" AS "t0"
) AS stage

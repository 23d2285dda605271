-- features made comparable
WITH "transformed" AS (SELECT * FROM {{ ref('segdb_transformed') }})
SELECT * FROM (
SELECT
  "t0"."customer_id",
  "t0"."recency_days",
  "t0"."frequency",
  "t0"."monetary",
  "t0"."tenure_days",
  "t0"."average_order_value",
  "t0"."days_between_orders",
  (
    "t0"."x_recency_days" - 2.763889690594
  ) / 1.573036318018 AS "x_recency_days",
  (
    "t0"."x_frequency" - 1.8711948865176
  ) / 0.8176167005103 AS "x_frequency",
  (
    "t0"."x_monetary" - 5.773642190671
  ) / 1.416056936334 AS "x_monetary",
  (
    "t0"."x_tenure_days" - 184.1134375
  ) / 97.99494928341 AS "x_tenure_days",
  (
    "t0"."x_average_order_value" - 4.1566592905005
  ) / 0.7738300857615 AS "x_average_order_value",
  (
    "t0"."x_days_between_orders" - 3.1188705492161
  ) / 0.5502357808054 AS "x_days_between_orders"
FROM "transformed" AS "t0"
) AS stage

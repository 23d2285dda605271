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
    "t0"."x_recency_days" - 2.7638896905942856
  ) / 1.573036318017516 AS "x_recency_days",
  (
    "t0"."x_frequency" - 1.8711948865175911
  ) / 0.8176167005103291 AS "x_frequency",
  (
    "t0"."x_monetary" - 5.773642190671267
  ) / 1.4160569363336721 AS "x_monetary",
  (
    "t0"."x_tenure_days" - 184.11343749999997
  ) / 97.99494928341254 AS "x_tenure_days",
  (
    "t0"."x_average_order_value" - 4.1566592905005155
  ) / 0.7738300857614787 AS "x_average_order_value",
  (
    "t0"."x_days_between_orders" - 3.1188705492160973
  ) / 0.5502357808053906 AS "x_days_between_orders"
FROM "transformed" AS "t0"
) AS stage

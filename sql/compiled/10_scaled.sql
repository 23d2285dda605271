SELECT
  "t0"."customer_id",
  "t0"."recency_days",
  "t0"."frequency",
  "t0"."monetary",
  "t0"."days_between_orders",
  "t0"."departments_per_basket",
  "t0"."income",
  (
    "t0"."x_recency_days" - 1.5
  ) / 1.25 AS "x_recency_days",
  (
    "t0"."x_frequency" - 4.0
  ) / 1.0 AS "x_frequency",
  (
    "t0"."x_monetary" - 7.0
  ) / 1.0 AS "x_monetary",
  (
    "t0"."x_days_between_orders" - 2.0
  ) / 0.75 AS "x_days_between_orders",
  (
    "t0"."x_departments_per_basket" - 0.5
  ) / 0.25 AS "x_departments_per_basket"
FROM "transformed" AS "t0"

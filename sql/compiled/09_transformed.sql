SELECT
  "t0"."customer_id",
  "t0"."recency_days",
  "t0"."frequency",
  "t0"."monetary",
  "t0"."days_between_orders",
  "t0"."departments_per_basket",
  "t0"."income",
  LN("t0"."x_recency_days" + 1.0) AS "x_recency_days",
  LN("t0"."x_frequency" + 1.0) AS "x_frequency",
  LN("t0"."x_monetary" + 1.0) AS "x_monetary",
  LN("t0"."x_days_between_orders" + 1.0) AS "x_days_between_orders",
  "t0"."x_departments_per_basket"
FROM "capped" AS "t0"

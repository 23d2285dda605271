SELECT
  "t0"."customer_id",
  "t0"."recency_days",
  "t0"."frequency",
  "t0"."monetary",
  "t0"."days_between_orders",
  "t0"."departments_per_basket",
  "t0"."income",
  GREATEST(LEAST("t0"."x_recency_days", 200.0), 0.0) AS "x_recency_days",
  GREATEST(LEAST("t0"."x_frequency", 250.0), 1.0) AS "x_frequency",
  GREATEST(LEAST("t0"."x_monetary", 8000.0), 10.0) AS "x_monetary",
  GREATEST(LEAST("t0"."x_days_between_orders", 60.0), 1.0) AS "x_days_between_orders",
  GREATEST(LEAST("t0"."x_departments_per_basket", 4.0), 0.125) AS "x_departments_per_basket"
FROM "filled" AS "t0"

SELECT
  "t0"."customer_id",
  "t0"."recency_days",
  "t0"."frequency",
  "t0"."monetary",
  "t0"."days_between_orders",
  "t0"."departments_per_basket",
  "t0"."income",
  COALESCE("t0"."recency_days", 4.0) AS "x_recency_days",
  COALESCE("t0"."frequency", 50.0) AS "x_frequency",
  COALESCE("t0"."monetary", 1000.0) AS "x_monetary",
  COALESCE("t0"."days_between_orders", 5.0) AS "x_days_between_orders",
  COALESCE("t0"."departments_per_basket", 0.5) AS "x_departments_per_basket"
FROM "features" AS "t0"

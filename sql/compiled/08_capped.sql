SELECT
  "t0"."customer_id",
  "t0"."recency_days",
  "t0"."frequency",
  "t0"."monetary",
  "t0"."days_between_orders",
  "t0"."departments_per_basket",
  "t0"."income",
  CASE
    WHEN "t0"."x_recency_days" < 0.0
    THEN 0.0
    WHEN "t0"."x_recency_days" > 200.0
    THEN 200.0
    ELSE "t0"."x_recency_days"
  END AS "x_recency_days",
  CASE
    WHEN "t0"."x_frequency" < 1.0
    THEN 1.0
    WHEN "t0"."x_frequency" > 250.0
    THEN 250.0
    ELSE "t0"."x_frequency"
  END AS "x_frequency",
  CASE
    WHEN "t0"."x_monetary" < 10.0
    THEN 10.0
    WHEN "t0"."x_monetary" > 8000.0
    THEN 8000.0
    ELSE "t0"."x_monetary"
  END AS "x_monetary",
  CASE
    WHEN "t0"."x_days_between_orders" < 1.0
    THEN 1.0
    WHEN "t0"."x_days_between_orders" > 60.0
    THEN 60.0
    ELSE "t0"."x_days_between_orders"
  END AS "x_days_between_orders",
  CASE
    WHEN "t0"."x_departments_per_basket" < 0.125
    THEN 0.125
    WHEN "t0"."x_departments_per_basket" > 4.0
    THEN 4.0
    ELSE "t0"."x_departments_per_basket"
  END AS "x_departments_per_basket"
FROM "filled" AS "t0"

-- missing features filled
WITH "features" AS (SELECT * FROM {{ ref('segdb_features') }})
SELECT * FROM (
SELECT
  "t0"."customer_id",
  "t0"."recency_days",
  "t0"."frequency",
  "t0"."monetary",
  "t0"."tenure_days",
  "t0"."average_order_value",
  "t0"."days_between_orders",
  COALESCE("t0"."recency_days", 13.0) AS "x_recency_days",
  COALESCE("t0"."frequency", 5.0) AS "x_frequency",
  COALESCE("t0"."monetary", 250.765) AS "x_monetary",
  COALESCE("t0"."tenure_days", 241.5) AS "x_tenure_days",
  COALESCE("t0"."average_order_value", 60.80166666666667) AS "x_average_order_value",
  COALESCE("t0"."days_between_orders", 21.987061342592593) AS "x_days_between_orders"
FROM "features" AS "t0"
) AS stage

-- values far out moved to a bound
WITH "filled" AS (SELECT * FROM {{ ref('segdb_filled') }})
SELECT * FROM (
SELECT
  "t0"."customer_id",
  "t0"."recency_days",
  "t0"."frequency",
  "t0"."monetary",
  "t0"."tenure_days",
  "t0"."average_order_value",
  "t0"."days_between_orders",
  GREATEST(LEAST("t0"."x_recency_days", 238.7), 0.0) AS "x_recency_days",
  GREATEST(LEAST("t0"."x_frequency", 35.80999999999997), 1.0) AS "x_frequency",
  GREATEST(LEAST("t0"."x_monetary", 7281.021399999984), 19.939) AS "x_monetary",
  GREATEST(LEAST("t0"."x_tenure_days", 269.37), 22.89) AS "x_tenure_days",
  GREATEST(LEAST("t0"."x_average_order_value", 4213.447134999972), 15.1664) AS "x_average_order_value",
  GREATEST(LEAST("t0"."x_days_between_orders", 76.16246516203701), 7.1916836428725235) AS "x_days_between_orders"
FROM "filled" AS "t0"
) AS stage

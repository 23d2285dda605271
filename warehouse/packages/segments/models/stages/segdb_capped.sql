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
  CASE
    WHEN "t0"."x_recency_days" < 0.0
    THEN 0.0
    WHEN "t0"."x_recency_days" > 238.7
    THEN 238.7
    ELSE "t0"."x_recency_days"
  END AS "x_recency_days",
  CASE
    WHEN "t0"."x_frequency" < 1.0
    THEN 1.0
    WHEN "t0"."x_frequency" > 35.80999999999997
    THEN 35.80999999999997
    ELSE "t0"."x_frequency"
  END AS "x_frequency",
  CASE
    WHEN "t0"."x_monetary" < 19.939
    THEN 19.939
    WHEN "t0"."x_monetary" > 7281.021399999984
    THEN 7281.021399999984
    ELSE "t0"."x_monetary"
  END AS "x_monetary",
  CASE
    WHEN "t0"."x_tenure_days" < 22.89
    THEN 22.89
    WHEN "t0"."x_tenure_days" > 269.37
    THEN 269.37
    ELSE "t0"."x_tenure_days"
  END AS "x_tenure_days",
  CASE
    WHEN "t0"."x_average_order_value" < 15.1664
    THEN 15.1664
    WHEN "t0"."x_average_order_value" > 4213.447134999972
    THEN 4213.447134999972
    ELSE "t0"."x_average_order_value"
  END AS "x_average_order_value",
  CASE
    WHEN "t0"."x_days_between_orders" < 7.1916836428725235
    THEN 7.1916836428725235
    WHEN "t0"."x_days_between_orders" > 76.16246516203701
    THEN 76.16246516203701
    ELSE "t0"."x_days_between_orders"
  END AS "x_days_between_orders"
FROM "filled" AS "t0"
) AS stage

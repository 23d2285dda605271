SELECT
  "t1"."household_id",
  "t1"."basket_id",
  "t1"."transaction_timestamp",
  "t1"."quantity" AS "quantity (source)",
  "t1"."sales_value",
  "t1"."department",
  "t1"."segdb_copies" AS "copies",
  "t1"."household_id" AS "customer_id",
  "t1"."basket_id" AS "order_id",
  CASE
    WHEN "t1"."transaction_timestamp" BETWEEN MAKE_TIMESTAMP(1000, 1, 1, 0, 0, 0.0) AND MAKE_TIMESTAMP(9999, 12, 30, 0, 0, 0.0)
    THEN "t1"."transaction_timestamp"
    ELSE CAST(NULL AS TIMESTAMP(6))
  END AS "ordered_at",
  TRY_CAST("t1"."sales_value" AS DECIMAL(18, 4)) AS "amount",
  CAST("t1"."quantity" AS DOUBLE) AS "quantity"
FROM (
  SELECT
    "t0"."household_id",
    "t0"."basket_id",
    "t0"."transaction_timestamp",
    "t0"."quantity",
    "t0"."sales_value",
    "t0"."department",
    COUNT(*) AS "segdb_copies"
  FROM "orders" AS "t0"
  GROUP BY
    1,
    2,
    3,
    4,
    5,
    6
) AS "t1"

SELECT
  "t5"."customer_id",
  "t5"."recency_days",
  "t5"."frequency",
  "t5"."monetary",
  "t5"."days_between_orders",
  "t5"."departments_per_basket",
  "t4"."income"
FROM (
  SELECT
    "t0"."customer_id",
    CAST(CAST(FLOOR((
      1514764800 - EPOCH(CAST("t0"."last_order_at" AS TIMESTAMP))
    ) / (
      86400
    )) AS BIGINT) AS DOUBLE) AS "recency_days",
    CAST("t0"."orders" AS DOUBLE) AS "frequency",
    CAST("t0"."revenue" AS DOUBLE) AS "monetary",
    (
      (
        EPOCH(CAST("t0"."last_order_at" AS TIMESTAMP)) - EPOCH(CAST("t0"."first_order_at" AS TIMESTAMP))
      ) / 86400.0
    ) / NULLIF("t0"."orders" - 1, 0) AS "days_between_orders",
    CASE
      WHEN ISNAN("t0"."departments_per_basket") OR ISINF("t0"."departments_per_basket")
      THEN CAST(NULL AS DOUBLE)
      ELSE "t0"."departments_per_basket"
    END AS "departments_per_basket"
  FROM "orders_by_customer" AS "t0"
  WHERE
    "t0"."last_order_at" IS NOT NULL
) AS "t5"
LEFT OUTER JOIN (
  SELECT
    "t1"."customer_id" AS "right_id",
    CASE
      WHEN ISNAN("t1"."income") OR ISINF("t1"."income")
      THEN CAST(NULL AS DOUBLE)
      ELSE "t1"."income"
    END AS "income"
  FROM "customers_clean" AS "t1"
  WHERE
    "t1"."reason" IS NULL
) AS "t4"
  ON "t5"."customer_id" = "t4"."right_id"

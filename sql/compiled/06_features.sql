SELECT
  "t5"."customer_id",
  "t5"."recency_days",
  "t5"."frequency",
  "t5"."monetary",
  "t5"."days_between_orders",
  "t5"."departments_per_basket",
  "t3"."income"
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
    CASE
      WHEN ABS(
        (
          (
            EPOCH(CAST("t0"."last_order_at" AS TIMESTAMP)) - EPOCH(CAST("t0"."first_order_at" AS TIMESTAMP))
          ) / 86400.0
        ) / NULLIF("t0"."orders" - 1, 0)
      ) < 1e+100
      THEN (
        (
          EPOCH(CAST("t0"."last_order_at" AS TIMESTAMP)) - EPOCH(CAST("t0"."first_order_at" AS TIMESTAMP))
        ) / 86400.0
      ) / NULLIF("t0"."orders" - 1, 0)
      ELSE CAST(NULL AS DOUBLE)
    END AS "days_between_orders",
    CASE
      WHEN ABS("t0"."own_departments_per_basket") < 1e+100
      THEN "t0"."own_departments_per_basket"
      ELSE CAST(NULL AS DOUBLE)
    END AS "departments_per_basket"
  FROM "orders_by_customer" AS "t0"
  WHERE
    "t0"."last_order_at" IS NOT NULL
) AS "t5"
LEFT OUTER JOIN (
  SELECT
    "t1"."customer_id" AS "right_id",
    CASE
      WHEN ABS("t1"."income") < 1e+100
      THEN "t1"."income"
      ELSE CAST(NULL AS DOUBLE)
    END AS "income"
  FROM "customers_clean" AS "t1"
  WHERE
    "t1"."reason" IS NULL
) AS "t3"
  ON "t5"."customer_id" = "t3"."right_id"

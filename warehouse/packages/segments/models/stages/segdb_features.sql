-- every feature in natural units
WITH "orders_by_customer" AS (SELECT * FROM {{ ref('segdb_orders_by_customer') }})
SELECT * FROM (
WITH "t1" AS (
  SELECT
    *
  FROM "orders_by_customer" AS "t0"
  WHERE
    "t0"."last_order_at" IS NOT NULL
)
SELECT
  "t3"."customer_id",
  CAST(CAST(FLOOR(
    (
      (
        (
          CAST(FLOOR((
            EPOCH(CAST("t5"."latest_order_at" AS TIMESTAMP))
          ) / (
            86400
          )) AS BIGINT) + 1
        ) * 86400
      ) - EPOCH(CAST("t3"."last_order_at" AS TIMESTAMP))
    ) / (
      86400
    )
  ) AS BIGINT) AS DOUBLE) AS "recency_days",
  CAST("t3"."orders" AS DOUBLE) AS "frequency",
  CAST("t3"."revenue" AS DOUBLE) AS "monetary",
  CAST(CAST(FLOOR(
    (
      (
        (
          CAST(FLOOR((
            EPOCH(CAST("t5"."latest_order_at" AS TIMESTAMP))
          ) / (
            86400
          )) AS BIGINT) + 1
        ) * 86400
      ) - EPOCH(CAST("t3"."first_order_at" AS TIMESTAMP))
    ) / (
      86400
    )
  ) AS BIGINT) AS DOUBLE) AS "tenure_days",
  CASE
    WHEN ABS(CAST("t3"."revenue" AS DOUBLE) / "t3"."orders") < 1e+100
    THEN CAST("t3"."revenue" AS DOUBLE) / "t3"."orders"
    ELSE CAST(NULL AS DOUBLE)
  END AS "average_order_value",
  CASE
    WHEN ABS(
      (
        (
          EPOCH(CAST("t3"."last_order_at" AS TIMESTAMP)) - EPOCH(CAST("t3"."first_order_at" AS TIMESTAMP))
        ) / 86400.0
      ) / NULLIF("t3"."orders" - 1, 0)
    ) < 1e+100
    THEN (
      (
        EPOCH(CAST("t3"."last_order_at" AS TIMESTAMP)) - EPOCH(CAST("t3"."first_order_at" AS TIMESTAMP))
      ) / 86400.0
    ) / NULLIF("t3"."orders" - 1, 0)
    ELSE CAST(NULL AS DOUBLE)
  END AS "days_between_orders"
FROM "t1" AS "t3"
CROSS JOIN (
  SELECT
    MAX("t2"."last_order_at") AS "latest_order_at"
  FROM "t1" AS "t2"
) AS "t5"
) AS stage

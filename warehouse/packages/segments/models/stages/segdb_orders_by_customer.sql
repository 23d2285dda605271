-- one row a customer: the one pass over the orders
WITH "orders_clean" AS (SELECT * FROM {{ ref('segdb_orders_clean') }})
SELECT * FROM (
SELECT
  "t0"."customer_id",
  SUM("t0"."copies") AS "read_rows",
  COUNT(*) FILTER(WHERE
    "t0"."reason" IS NULL) AS "kept_rows",
  MAX("t0"."ordered_at") FILTER(WHERE
    (
      "t0"."reason" IS NULL
    ) AND NOT (
      "t0"."returned"
    )) AS "last_order_at",
  COUNT(DISTINCT "t0"."order_id") FILTER(WHERE
    (
      "t0"."reason" IS NULL
    ) AND NOT (
      "t0"."returned"
    )) + COUNT(*) FILTER(WHERE
    (
      "t0"."reason" IS NULL
    )
    AND NOT (
      "t0"."returned"
    )
    AND (
      "t0"."order_id" IS NULL
    )) AS "orders",
  SUM("t0"."amount") FILTER(WHERE
    "t0"."reason" IS NULL) AS "revenue",
  MIN("t0"."ordered_at") FILTER(WHERE
    (
      "t0"."reason" IS NULL
    ) AND NOT (
      "t0"."returned"
    )) AS "first_order_at"
FROM "orders_clean" AS "t0"
GROUP BY
  1
) AS stage

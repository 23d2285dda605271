-- every order row validated: reason is NULL where it is kept
WITH "orders_typed" AS (SELECT * FROM {{ ref('segdb_orders_typed') }})
SELECT * FROM (
SELECT
  "t1"."order_id (source)",
  "t1"."customer_id (source)",
  "t1"."ordered_at (source)",
  "t1"."amount (source)",
  "t1"."category (source)",
  "t1"."copies",
  "t1"."customer_id",
  "t1"."order_id",
  "t1"."ordered_at",
  "t1"."amount",
  "t1"."returned",
  CASE
    WHEN "t1"."customer_id" IS NULL
    THEN 'missing id'
    WHEN "t1"."ordered_at" IS NULL
    THEN 'missing or unreadable date'
    WHEN "t1"."amount" IS NULL
    THEN 'missing or unreadable amount'
    WHEN "t1"."ordered_at" > (
      TIMEZONE('UTC', NOW()) + INTERVAL '14' HOUR
    )
    THEN 'future date'
    ELSE CAST(NULL AS TEXT)
  END AS "reason"
FROM (
  SELECT
    "t0"."order_id (source)",
    "t0"."customer_id (source)",
    "t0"."ordered_at (source)",
    "t0"."amount (source)",
    "t0"."category (source)",
    "t0"."copies",
    "t0"."customer_id",
    "t0"."order_id",
    "t0"."ordered_at",
    CASE
      WHEN COALESCE("t0"."amount" < 0, FALSE) AND (
        "t0"."amount" > 0
      )
      THEN -(
        "t0"."amount"
      )
      ELSE "t0"."amount"
    END AS "amount",
    COALESCE("t0"."amount" < 0, FALSE) AS "returned"
  FROM "orders_typed" AS "t0"
) AS "t1"
) AS stage

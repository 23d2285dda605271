SELECT
  "t1"."household_id",
  "t1"."basket_id",
  "t1"."transaction_timestamp",
  "t1"."quantity (source)",
  "t1"."sales_value",
  "t1"."department",
  "t1"."copies",
  "t1"."customer_id",
  "t1"."order_id",
  "t1"."ordered_at",
  "t1"."amount",
  "t1"."quantity",
  "t1"."returned",
  CASE
    WHEN "t1"."customer_id" IS NULL
    THEN 'missing id'
    WHEN "t1"."ordered_at" IS NULL
    THEN 'missing or unreadable date'
    WHEN "t1"."amount" IS NULL
    THEN 'missing or unreadable amount'
    WHEN "t1"."ordered_at" > MAKE_TIMESTAMP(2018, 1, 1, 0, 0, 0.0)
    THEN 'future date'
    WHEN (
      "t1"."department" = 'FUEL'
    )
    THEN 'fuel'
    ELSE CAST(NULL AS TEXT)
  END AS "reason"
FROM (
  SELECT
    "t0"."household_id",
    "t0"."basket_id",
    "t0"."transaction_timestamp",
    "t0"."quantity (source)",
    "t0"."sales_value",
    "t0"."department",
    "t0"."copies",
    "t0"."customer_id",
    "t0"."order_id",
    "t0"."ordered_at",
    CASE
      WHEN (
        COALESCE("t0"."amount" < 0, FALSE) OR COALESCE("t0"."quantity" < 0, FALSE)
      )
      AND (
        "t0"."amount" > 0
      )
      THEN -(
        "t0"."amount"
      )
      ELSE "t0"."amount"
    END AS "amount",
    "t0"."quantity",
    COALESCE("t0"."amount" < 0, FALSE) OR COALESCE("t0"."quantity" < 0, FALSE) AS "returned"
  FROM "orders_typed" AS "t0"
) AS "t1"

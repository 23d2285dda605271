SELECT
  "t3"."household_id",
  "t3"."income",
  "t3"."copies",
  "t3"."customer_id",
  CASE
    WHEN "t3"."customer_id" IS NULL
    THEN 'missing id'
    WHEN "t3"."nth" > 0
    THEN 'duplicate customer'
    WHEN NOT (
      "t3"."customer_id" IN (
        SELECT
          "t1"."customer_id"
        FROM "orders_by_customer" AS "t1"
        WHERE
          "t1"."last_order_at" IS NOT NULL
      )
    )
    THEN 'no orders'
    ELSE CAST(NULL AS TEXT)
  END AS "reason"
FROM (
  SELECT
    "t0"."household_id",
    "t0"."income",
    "t0"."copies",
    "t0"."customer_id",
    ROW_NUMBER() OVER (
      PARTITION BY "t0"."customer_id"
      ORDER BY "t0"."household_id" ASC, "t0"."income" ASC, "t0"."copies" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "nth"
  FROM "customers_typed" AS "t0"
) AS "t3"

SELECT
  "t0"."household_id",
  "t0"."income",
  "t0"."copies",
  "t0"."customer_id",
  CASE
    WHEN "t0"."customer_id" IS NULL
    THEN 'missing id'
    WHEN (
      "t0"."customer_id" IS NOT NULL
    )
    AND (
      (
        ROW_NUMBER() OVER (
          PARTITION BY "t0"."customer_id"
          ORDER BY "t0"."household_id" ASC, "t0"."income" ASC, "t0"."copies" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) > 0
    )
    THEN 'duplicate customer'
    WHEN NOT (
      COALESCE(
        "t0"."customer_id" IN (
          SELECT
            "t1"."customer_id"
          FROM "orders_by_customer" AS "t1"
          WHERE
            "t1"."last_order_at" IS NOT NULL
        ),
        FALSE
      )
    )
    THEN 'no orders'
    ELSE CAST(NULL AS TEXT)
  END AS "reason"
FROM "customers_typed" AS "t0"

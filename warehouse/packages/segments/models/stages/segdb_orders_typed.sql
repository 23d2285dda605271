-- columns of the orders as numbers and moments, under the names of their roles
WITH "orders_read" AS (SELECT * FROM {{ ref('segdb_orders_read') }})
SELECT * FROM (
SELECT
  "t3"."order_id (source)",
  "t3"."customer_id (source)",
  "t3"."ordered_at (source)",
  "t3"."amount (source)",
  "t3"."category (source)",
  "t3"."copies",
  CASE
    WHEN (
      LENGTH("t3"."customer_id") <= 4
    )
    AND "t3"."customer_id" IN ('', 'NA', 'N/A', 'NULL', 'null', 'NaN', 'nan', 'None', '-')
    THEN CAST(NULL AS TEXT)
    ELSE "t3"."customer_id"
  END AS "customer_id",
  CASE
    WHEN (
      LENGTH("t3"."order_id") <= 4
    )
    AND "t3"."order_id" IN ('', 'NA', 'N/A', 'NULL', 'null', 'NaN', 'nan', 'None', '-')
    THEN CAST(NULL AS TEXT)
    ELSE "t3"."order_id"
  END AS "order_id",
  CASE
    WHEN "t3"."ordered_at (source)" BETWEEN MAKE_TIMESTAMP(1000, 1, 1, 0, 0, 0.0) AND MAKE_TIMESTAMP(9999, 12, 30, 0, 0, 0.0)
    THEN "t3"."ordered_at (source)"
    ELSE CAST(NULL AS TIMESTAMP(6))
  END AS "ordered_at",
  TRY_CAST("t3"."amount (source)" AS DECIMAL(18, 4)) AS "amount"
FROM (
  SELECT
    "t1"."order_id" AS "order_id (source)",
    "t1"."customer_id" AS "customer_id (source)",
    "t1"."ordered_at" AS "ordered_at (source)",
    "t1"."amount" AS "amount (source)",
    "t1"."category" AS "category (source)",
    "t1"."segdb_copies" AS "copies",
    CASE
      WHEN SUFFIX(
        CASE
          WHEN (
            "t1"."customer_id" < '!'
          ) OR (
            RIGHT("t1"."customer_id", 1) < '!'
          )
          THEN TRIM("t1"."customer_id", ' 	
')
          ELSE "t1"."customer_id"
        END,
        '.0'
      )
      OR SUFFIX(
        CASE
          WHEN (
            "t1"."customer_id" < '!'
          ) OR (
            RIGHT("t1"."customer_id", 1) < '!'
          )
          THEN TRIM("t1"."customer_id", ' 	
')
          ELSE "t1"."customer_id"
        END,
        '.00'
      )
      THEN SUBSTRING(
        CASE
          WHEN (
            "t1"."customer_id" < '!'
          ) OR (
            RIGHT("t1"."customer_id", 1) < '!'
          )
          THEN TRIM("t1"."customer_id", ' 	
')
          ELSE "t1"."customer_id"
        END,
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH(
            CASE
              WHEN (
                "t1"."customer_id" < '!'
              ) OR (
                RIGHT("t1"."customer_id", 1) < '!'
              )
              THEN TRIM("t1"."customer_id", ' 	
')
              ELSE "t1"."customer_id"
            END
          )
        END,
        STRPOS(
          CASE
            WHEN (
              "t1"."customer_id" < '!'
            ) OR (
              RIGHT("t1"."customer_id", 1) < '!'
            )
            THEN TRIM("t1"."customer_id", ' 	
')
            ELSE "t1"."customer_id"
          END,
          '.'
        ) - 1
      )
      ELSE CASE
        WHEN (
          "t1"."customer_id" < '!'
        ) OR (
          RIGHT("t1"."customer_id", 1) < '!'
        )
        THEN TRIM("t1"."customer_id", ' 	
')
        ELSE "t1"."customer_id"
      END
    END AS "customer_id",
    CASE
      WHEN (
        "t1"."order_id" < '!'
      ) OR (
        RIGHT("t1"."order_id", 1) < '!'
      )
      THEN TRIM("t1"."order_id", ' 	
')
      ELSE "t1"."order_id"
    END AS "order_id"
  FROM (
    SELECT
      "t0"."order_id",
      "t0"."customer_id",
      "t0"."ordered_at",
      "t0"."amount",
      "t0"."category",
      COUNT(*) AS "segdb_copies"
    FROM "orders_read" AS "t0"
    GROUP BY
      1,
      2,
      3,
      4,
      5
  ) AS "t1"
) AS "t3"
) AS stage

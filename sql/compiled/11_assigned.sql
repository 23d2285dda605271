SELECT
  "t2"."customer_id",
  "t2"."recency_days",
  "t2"."frequency",
  "t2"."monetary",
  "t2"."days_between_orders",
  "t2"."departments_per_basket",
  "t2"."income",
  "t2"."x_recency_days",
  "t2"."x_frequency",
  "t2"."x_monetary",
  "t2"."x_days_between_orders",
  "t2"."x_departments_per_basket",
  "t2"."nearest",
  SQRT("t2"."least_square") AS "distance",
  COALESCE(
    1.0 - SQRT(
      "t2"."least_square" / NULLIF(
        LEAST(
          CASE WHEN "t2"."nearest" = 0 THEN CAST('inf' AS DOUBLE) ELSE "t2"."square_0" END,
          CASE WHEN "t2"."nearest" = 1 THEN CAST('inf' AS DOUBLE) ELSE "t2"."square_1" END,
          CASE WHEN "t2"."nearest" = 2 THEN CAST('inf' AS DOUBLE) ELSE "t2"."square_2" END
        ),
        0
      )
    ),
    0.0
  ) AS "margin"
FROM (
  SELECT
    "t1"."customer_id",
    "t1"."recency_days",
    "t1"."frequency",
    "t1"."monetary",
    "t1"."days_between_orders",
    "t1"."departments_per_basket",
    "t1"."income",
    "t1"."x_recency_days",
    "t1"."x_frequency",
    "t1"."x_monetary",
    "t1"."x_days_between_orders",
    "t1"."x_departments_per_basket",
    "t1"."square_0",
    "t1"."square_1",
    "t1"."square_2",
    LEAST("t1"."square_0", "t1"."square_1", "t1"."square_2") AS "least_square",
    CAST(CASE
      WHEN "t1"."square_0" = LEAST("t1"."square_0", "t1"."square_1", "t1"."square_2")
      THEN 0
      WHEN "t1"."square_1" = LEAST("t1"."square_0", "t1"."square_1", "t1"."square_2")
      THEN 1
      ELSE 2
    END AS INT) AS "nearest"
  FROM (
    SELECT
      "t0"."customer_id",
      "t0"."recency_days",
      "t0"."frequency",
      "t0"."monetary",
      "t0"."days_between_orders",
      "t0"."departments_per_basket",
      "t0"."income",
      "t0"."x_recency_days",
      "t0"."x_frequency",
      "t0"."x_monetary",
      "t0"."x_days_between_orders",
      "t0"."x_departments_per_basket",
      (
        (
          "t0"."x_recency_days" - -1.0
        ) * (
          "t0"."x_recency_days" - -1.0
        )
      ) + (
        (
          "t0"."x_frequency" - 1.0
        ) * (
          "t0"."x_frequency" - 1.0
        )
      ) + (
        (
          "t0"."x_monetary" - 1.0
        ) * (
          "t0"."x_monetary" - 1.0
        )
      ) + (
        (
          "t0"."x_days_between_orders" - -1.0
        ) * (
          "t0"."x_days_between_orders" - -1.0
        )
      ) + (
        (
          "t0"."x_departments_per_basket" - 0.5
        ) * (
          "t0"."x_departments_per_basket" - 0.5
        )
      ) AS "square_0",
      (
        (
          "t0"."x_recency_days" - 1.0
        ) * (
          "t0"."x_recency_days" - 1.0
        )
      ) + (
        (
          "t0"."x_frequency" - -1.0
        ) * (
          "t0"."x_frequency" - -1.0
        )
      ) + (
        (
          "t0"."x_monetary" - -1.0
        ) * (
          "t0"."x_monetary" - -1.0
        )
      ) + (
        (
          "t0"."x_days_between_orders" - 1.0
        ) * (
          "t0"."x_days_between_orders" - 1.0
        )
      ) + (
        (
          "t0"."x_departments_per_basket" - -0.5
        ) * (
          "t0"."x_departments_per_basket" - -0.5
        )
      ) AS "square_1",
      (
        (
          "t0"."x_recency_days" - 0.25
        ) * (
          "t0"."x_recency_days" - 0.25
        )
      ) + (
        (
          "t0"."x_frequency" - 0.0
        ) * (
          "t0"."x_frequency" - 0.0
        )
      ) + (
        (
          "t0"."x_monetary" - 0.0
        ) * (
          "t0"."x_monetary" - 0.0
        )
      ) + (
        (
          "t0"."x_days_between_orders" - 0.0
        ) * (
          "t0"."x_days_between_orders" - 0.0
        )
      ) + (
        (
          "t0"."x_departments_per_basket" - 0.0
        ) * (
          "t0"."x_departments_per_basket" - 0.0
        )
      ) AS "square_2"
    FROM "scaled" AS "t0"
  ) AS "t1"
) AS "t2"

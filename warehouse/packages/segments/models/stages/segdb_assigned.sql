-- the nearest centroid, the distance to it, and the margin
WITH "scaled" AS (SELECT * FROM {{ ref('segdb_scaled') }})
SELECT * FROM (
SELECT
  "t2"."customer_id",
  "t2"."recency_days",
  "t2"."frequency",
  "t2"."monetary",
  "t2"."tenure_days",
  "t2"."average_order_value",
  "t2"."days_between_orders",
  "t2"."x_recency_days",
  "t2"."x_frequency",
  "t2"."x_monetary",
  "t2"."x_tenure_days",
  "t2"."x_average_order_value",
  "t2"."x_days_between_orders",
  "t2"."nearest",
  SQRT("t2"."least_square") AS "distance",
  COALESCE(
    1.0 - SQRT(
      "t2"."least_square" / NULLIF(
        LEAST(
          CASE WHEN "t2"."nearest" = 0 THEN CAST('inf' AS DOUBLE) ELSE "t2"."square_0" END,
          CASE WHEN "t2"."nearest" = 1 THEN CAST('inf' AS DOUBLE) ELSE "t2"."square_1" END,
          CASE WHEN "t2"."nearest" = 2 THEN CAST('inf' AS DOUBLE) ELSE "t2"."square_2" END,
          CASE WHEN "t2"."nearest" = 3 THEN CAST('inf' AS DOUBLE) ELSE "t2"."square_3" END
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
    "t1"."tenure_days",
    "t1"."average_order_value",
    "t1"."days_between_orders",
    "t1"."x_recency_days",
    "t1"."x_frequency",
    "t1"."x_monetary",
    "t1"."x_tenure_days",
    "t1"."x_average_order_value",
    "t1"."x_days_between_orders",
    "t1"."square_0",
    "t1"."square_1",
    "t1"."square_2",
    "t1"."square_3",
    LEAST("t1"."square_0", "t1"."square_1", "t1"."square_2", "t1"."square_3") AS "least_square",
    CAST(CASE
      WHEN "t1"."square_0" = LEAST("t1"."square_0", "t1"."square_1", "t1"."square_2", "t1"."square_3")
      THEN 0
      WHEN "t1"."square_1" = LEAST("t1"."square_0", "t1"."square_1", "t1"."square_2", "t1"."square_3")
      THEN 1
      WHEN "t1"."square_2" = LEAST("t1"."square_0", "t1"."square_1", "t1"."square_2", "t1"."square_3")
      THEN 2
      ELSE 3
    END AS INT) AS "nearest"
  FROM (
    SELECT
      "t0"."customer_id",
      "t0"."recency_days",
      "t0"."frequency",
      "t0"."monetary",
      "t0"."tenure_days",
      "t0"."average_order_value",
      "t0"."days_between_orders",
      "t0"."x_recency_days",
      "t0"."x_frequency",
      "t0"."x_monetary",
      "t0"."x_tenure_days",
      "t0"."x_average_order_value",
      "t0"."x_days_between_orders",
      (
        (
          "t0"."x_recency_days" - -1.25253331622919
        ) * (
          "t0"."x_recency_days" - -1.25253331622919
        )
      ) + (
        (
          "t0"."x_frequency" - 1.499180348161997
        ) * (
          "t0"."x_frequency" - 1.499180348161997
        )
      ) + (
        (
          "t0"."x_monetary" - 1.4832655272484223
        ) * (
          "t0"."x_monetary" - 1.4832655272484223
        )
      ) + (
        (
          "t0"."x_tenure_days" - 0.7911673940421297
        ) * (
          "t0"."x_tenure_days" - 0.7911673940421297
        )
      ) + (
        (
          "t0"."x_average_order_value" - 0.853988507972618
        ) * (
          "t0"."x_average_order_value" - 0.853988507972618
        )
      ) + (
        (
          "t0"."x_days_between_orders" - -0.8790502987933668
        ) * (
          "t0"."x_days_between_orders" - -0.8790502987933668
        )
      ) AS "square_0",
      (
        (
          "t0"."x_recency_days" - 1.5249462404847207
        ) * (
          "t0"."x_recency_days" - 1.5249462404847207
        )
      ) + (
        (
          "t0"."x_frequency" - -1.1323210967053514
        ) * (
          "t0"."x_frequency" - -1.1323210967053514
        )
      ) + (
        (
          "t0"."x_monetary" - -0.5406949824804542
        ) * (
          "t0"."x_monetary" - -0.5406949824804542
        )
      ) + (
        (
          "t0"."x_tenure_days" - 0.2940471334419036
        ) * (
          "t0"."x_tenure_days" - 0.2940471334419036
        )
      ) + (
        (
          "t0"."x_average_order_value" - 0.5064629521411258
        ) * (
          "t0"."x_average_order_value" - 0.5064629521411258
        )
      ) + (
        (
          "t0"."x_days_between_orders" - 0.8968982078315307
        ) * (
          "t0"."x_days_between_orders" - 0.8968982078315307
        )
      ) AS "square_1",
      (
        (
          "t0"."x_recency_days" - 0.19380293764746365
        ) * (
          "t0"."x_recency_days" - 0.19380293764746365
        )
      ) + (
        (
          "t0"."x_frequency" - 0.44604002216408284
        ) * (
          "t0"."x_frequency" - 0.44604002216408284
        )
      ) + (
        (
          "t0"."x_monetary" - 0.2502521634828967
        ) * (
          "t0"."x_monetary" - 0.2502521634828967
        )
      ) + (
        (
          "t0"."x_tenure_days" - 0.7169245360742827
        ) * (
          "t0"."x_tenure_days" - 0.7169245360742827
        )
      ) + (
        (
          "t0"."x_average_order_value" - -0.1712722492932622
        ) * (
          "t0"."x_average_order_value" - -0.1712722492932622
        )
      ) + (
        (
          "t0"."x_days_between_orders" - 0.672630967106073
        ) * (
          "t0"."x_days_between_orders" - 0.672630967106073
        )
      ) AS "square_2",
      (
        (
          "t0"."x_recency_days" - -0.4860316706164899
        ) * (
          "t0"."x_recency_days" - -0.4860316706164899
        )
      ) + (
        (
          "t0"."x_frequency" - -0.6728671996305207
        ) * (
          "t0"."x_frequency" - -0.6728671996305207
        )
      ) + (
        (
          "t0"."x_monetary" - -0.914861844759227
        ) * (
          "t0"."x_monetary" - -0.914861844759227
        )
      ) + (
        (
          "t0"."x_tenure_days" - -1.5568556764525396
        ) * (
          "t0"."x_tenure_days" - -1.5568556764525396
        )
      ) + (
        (
          "t0"."x_average_order_value" - -0.8298977331692557
        ) * (
          "t0"."x_average_order_value" - -0.8298977331692557
        )
      ) + (
        (
          "t0"."x_days_between_orders" - -0.7727171889079568
        ) * (
          "t0"."x_days_between_orders" - -0.7727171889079568
        )
      ) AS "square_3"
    FROM "scaled" AS "t0"
  ) AS "t1"
) AS "t2"
) AS stage

-- segment, features and profile of each customer
WITH "features" AS (SELECT * FROM {{ ref('segdb_features') }}),
"segment_profiles" AS (SELECT * FROM {{ ref('segment_profiles') }}),
"segments" AS (SELECT * FROM {{ ref('segments') }})
SELECT * FROM (
SELECT
  "t3"."customer_id",
  "t3"."segment_id",
  "t3"."segment",
  "t3"."distance",
  "t3"."margin",
  "t7"."recency_days",
  "t7"."frequency",
  "t7"."monetary",
  "t7"."tenure_days",
  "t7"."average_order_value",
  "t7"."days_between_orders",
  "t4"."tier",
  "t7"."r_score",
  "t7"."f_score",
  "t7"."m_score",
  "t7"."rfm_segment",
  "t4"."churn_risk",
  "t4"."action",
  "t4"."customers" AS "segment_customers",
  "t4"."revenue" AS "segment_revenue",
  "t3"."run_id"
FROM "segments" AS "t3"
INNER JOIN (
  SELECT
    "t5"."customer_id",
    "t5"."recency_days",
    "t5"."frequency",
    "t5"."monetary",
    "t5"."tenure_days",
    "t5"."average_order_value",
    "t5"."days_between_orders",
    "t5"."r_score",
    "t5"."f_score",
    "t5"."m_score",
    CASE
      WHEN (
        "t5"."r_score" = 5
      ) AND (
        "t5"."f_score" = 1
      )
      THEN 'New'
      WHEN (
        "t5"."r_score" = 5
      ) AND (
        "t5"."f_score" = 2
      )
      THEN 'Potential Loyalist'
      WHEN (
        "t5"."r_score" = 5
      ) AND (
        "t5"."f_score" = 3
      )
      THEN 'Potential Loyalist'
      WHEN (
        "t5"."r_score" = 5
      ) AND (
        "t5"."f_score" = 4
      )
      THEN 'Champion'
      WHEN (
        "t5"."r_score" = 5
      ) AND (
        "t5"."f_score" = 5
      )
      THEN 'Champion'
      WHEN (
        "t5"."r_score" = 4
      ) AND (
        "t5"."f_score" = 1
      )
      THEN 'Promising'
      WHEN (
        "t5"."r_score" = 4
      ) AND (
        "t5"."f_score" = 2
      )
      THEN 'Potential Loyalist'
      WHEN (
        "t5"."r_score" = 4
      ) AND (
        "t5"."f_score" = 3
      )
      THEN 'Potential Loyalist'
      WHEN (
        "t5"."r_score" = 4
      ) AND (
        "t5"."f_score" = 4
      )
      THEN 'Loyal'
      WHEN (
        "t5"."r_score" = 4
      ) AND (
        "t5"."f_score" = 5
      )
      THEN 'Loyal'
      WHEN (
        "t5"."r_score" = 3
      ) AND (
        "t5"."f_score" = 1
      )
      THEN 'About to Sleep'
      WHEN (
        "t5"."r_score" = 3
      ) AND (
        "t5"."f_score" = 2
      )
      THEN 'About to Sleep'
      WHEN (
        "t5"."r_score" = 3
      ) AND (
        "t5"."f_score" = 3
      )
      THEN 'Need Attention'
      WHEN (
        "t5"."r_score" = 3
      ) AND (
        "t5"."f_score" = 4
      )
      THEN 'Loyal'
      WHEN (
        "t5"."r_score" = 3
      ) AND (
        "t5"."f_score" = 5
      )
      THEN 'Loyal'
      WHEN (
        "t5"."r_score" = 2
      ) AND (
        "t5"."f_score" = 1
      )
      THEN 'Hibernating'
      WHEN (
        "t5"."r_score" = 2
      ) AND (
        "t5"."f_score" = 2
      )
      THEN 'Hibernating'
      WHEN (
        "t5"."r_score" = 2
      ) AND (
        "t5"."f_score" = 3
      )
      THEN 'At Risk'
      WHEN (
        "t5"."r_score" = 2
      ) AND (
        "t5"."f_score" = 4
      )
      THEN 'At Risk'
      WHEN (
        "t5"."r_score" = 2
      ) AND (
        "t5"."f_score" = 5
      )
      THEN 'Can''t Lose'
      WHEN (
        "t5"."r_score" = 1
      ) AND (
        "t5"."f_score" = 1
      )
      THEN 'Hibernating'
      WHEN (
        "t5"."r_score" = 1
      ) AND (
        "t5"."f_score" = 2
      )
      THEN 'Hibernating'
      WHEN (
        "t5"."r_score" = 1
      ) AND (
        "t5"."f_score" = 3
      )
      THEN 'At Risk'
      WHEN (
        "t5"."r_score" = 1
      ) AND (
        "t5"."f_score" = 4
      )
      THEN 'At Risk'
      WHEN (
        "t5"."r_score" = 1
      ) AND (
        "t5"."f_score" = 5
      )
      THEN 'Can''t Lose'
      ELSE CAST(NULL AS TEXT)
    END AS "rfm_segment"
  FROM (
    SELECT
      "t2"."customer_id",
      "t2"."recency_days",
      "t2"."frequency",
      "t2"."monetary",
      "t2"."tenure_days",
      "t2"."average_order_value",
      "t2"."days_between_orders",
      CAST(5 - (
        0 + CAST("t2"."recency_days" > 3.6000000000000014 AS INT) + CAST("t2"."recency_days" > 9.0 AS INT) + CAST("t2"."recency_days" > 18.0 AS INT) + CAST("t2"."recency_days" > 110.2000000000003 AS INT)
      ) AS INT) AS "r_score",
      CAST(0 + CAST("t2"."frequency" > 2.0 AS INT) + CAST("t2"."frequency" > 3.0 AS INT) + CAST("t2"."frequency" > 7.799999999999997 AS INT) + CAST("t2"."frequency" > 12.800000000000011 AS INT) + 1 AS INT) AS "f_score",
      CAST(0 + CAST("t2"."monetary" > 95.412 AS INT) + CAST("t2"."monetary" > 156.792 AS INT) + CAST("t2"."monetary" > 419.81999999999977 AS INT) + CAST("t2"."monetary" > 1693.670000000001 AS INT) + 1 AS INT) AS "m_score"
    FROM "features" AS "t2"
  ) AS "t5"
) AS "t7"
  ON "t3"."customer_id" = "t7"."customer_id"
INNER JOIN "segment_profiles" AS "t4"
  ON "t3"."segment_id" = "t4"."segment_id"
) AS stage

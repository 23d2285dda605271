-- the segments, counted anew
WITH "features" AS (SELECT * FROM {{ ref('segdb_features') }}),
"segment_words" AS (SELECT * FROM {{ ref('segdb_segment_words') }}),
"segments" AS (SELECT * FROM {{ ref('segments') }})
SELECT * FROM (
WITH "t6" AS (
  SELECT
    "t4"."segment_id",
    "t4"."distance",
    "t4"."margin",
    "t5"."monetary" AS "revenue"
  FROM "segments" AS "t4"
  INNER JOIN "features" AS "t5"
    ON "t4"."customer_id" = "t5"."customer_id"
)
SELECT
  "t3"."segment_id",
  "t3"."segment",
  "t3"."tier",
  COALESCE("t11"."customers", 0) AS "customers",
  CAST(COALESCE("t11"."customers", 0) AS DOUBLE) / NULLIF("t10"."all_customers", 0) AS "customer_share",
  COALESCE("t11"."revenue", 0.0) AS "revenue",
  COALESCE("t11"."revenue", 0.0) / NULLIF("t10"."all_revenue", 0) AS "revenue_share",
  "t3"."value_per_customer",
  "t3"."summary",
  "t3"."churn_risk",
  "t3"."churn_rate",
  "t3"."churn_rate_lower",
  "t3"."churn_rate_upper",
  "t3"."churn_basis",
  "t3"."overdue",
  "t3"."action",
  "t3"."action_reason",
  "t3"."rule",
  "t3"."rule_precision",
  "t3"."rule_recall",
  "t11"."cohesion",
  "t3"."separation",
  "t11"."margin",
  "t3"."silhouette",
  "t3"."stability",
  "t3"."stability_error",
  "t3"."expected_revenue",
  "t3"."revenue_at_risk"
FROM "segment_words" AS "t3"
LEFT OUTER JOIN (
  SELECT
    "t7"."segment_id",
    COUNT(*) AS "customers",
    SUM("t7"."revenue") AS "revenue",
    AVG("t7"."distance") AS "cohesion",
    AVG("t7"."margin") AS "margin"
  FROM "t6" AS "t7"
  GROUP BY
    1
) AS "t11"
  ON "t3"."segment_id" = "t11"."segment_id"
CROSS JOIN (
  SELECT
    COUNT(*) AS "all_customers",
    SUM("t7"."revenue") AS "all_revenue"
  FROM "t6" AS "t7"
) AS "t10"
) AS stage

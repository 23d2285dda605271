-- ids and names
WITH "assigned" AS (SELECT * FROM {{ ref('segdb_assigned') }})
SELECT * FROM (
SELECT
  "t0"."customer_id",
  CAST(CASE
    WHEN "t0"."nearest" = 0
    THEN 1
    WHEN "t0"."nearest" = 1
    THEN 2
    WHEN "t0"."nearest" = 2
    THEN 3
    WHEN "t0"."nearest" = 3
    THEN 4
    ELSE NULL
  END AS INT) AS "segment_id",
  CASE
    WHEN "t0"."nearest" = 0
    THEN 'Champions'
    WHEN "t0"."nearest" = 1
    THEN 'Hibernating'
    WHEN "t0"."nearest" = 2
    THEN 'Loyal'
    WHEN "t0"."nearest" = 3
    THEN 'New'
    ELSE NULL
  END AS "segment",
  "t0"."distance",
  "t0"."margin",
  CAST(1 AS BIGINT) AS "run_id"
FROM "assigned" AS "t0"
) AS stage

SELECT
  "t0"."customer_id",
  CAST(CASE
    WHEN "t0"."nearest" = 0
    THEN 1
    WHEN "t0"."nearest" = 1
    THEN 2
    WHEN "t0"."nearest" = 2
    THEN 3
    ELSE NULL
  END AS INT) AS "segment_id",
  CASE
    WHEN "t0"."nearest" = 0
    THEN 'Champions'
    WHEN "t0"."nearest" = 1
    THEN 'Hibernating'
    WHEN "t0"."nearest" = 2
    THEN 'Need Attention'
    ELSE NULL
  END AS "segment",
  "t0"."distance",
  "t0"."margin"
FROM "assigned" AS "t0"

SELECT
  "t0"."customer_id",
  CAST(CASE "t0"."nearest" WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 3 ELSE NULL END AS INT) AS "segment_id",
  CASE "t0"."nearest"
    WHEN 0
    THEN 'Champions'
    WHEN 1
    THEN 'Hibernating'
    WHEN 2
    THEN 'Need Attention'
    ELSE NULL
  END AS "segment",
  "t0"."distance",
  "t0"."margin"
FROM "assigned" AS "t0"

SELECT
  "t1"."household_id",
  "t1"."income",
  "t1"."segdb_copies" AS "copies",
  "t1"."household_id" AS "customer_id"
FROM (
  SELECT
    "t0"."household_id",
    "t0"."income",
    COUNT(*) AS "segdb_copies"
  FROM "customers" AS "t0"
  GROUP BY
    1,
    2
) AS "t1"

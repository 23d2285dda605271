-- the orders, as they are
WITH "orders_table" AS (SELECT * FROM {{ ref(var('segdb_orders_model', none)) if var('segdb_orders_model', none) else source('segdb_source', 'orders') }})
SELECT
  CAST("t0"."order_id" AS TEXT) AS "order_id",
  CAST("t0"."customer_id" AS TEXT) AS "customer_id",
  CAST("t0"."ordered_at" AS TIMESTAMP(6)) AS "ordered_at",
  CAST("t0"."amount" AS DOUBLE) AS "amount",
  CAST("t0"."category" AS TEXT) AS "category"
FROM "orders_table" AS "t0"

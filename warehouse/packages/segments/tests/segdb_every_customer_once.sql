-- Made by segdb of run 1: run `segdb compile --dbt` again, do not edit.
-- The wide table holds every customer once.
SELECT wide.customers
FROM (SELECT count(*) AS customers FROM {{ ref('customer_segments') }}) AS wide
CROSS JOIN (SELECT count(*) AS customers FROM {{ ref('segments') }}) AS listed
WHERE wide.customers <> listed.customers

-- Made by segdb of run 1: run `segdb compile --dbt` again, do not edit.
-- The sizes of the segments add up to the customers.
SELECT counted.customers
FROM (SELECT sum(customers) AS customers FROM {{ ref('segment_profiles') }}) AS counted
CROSS JOIN (SELECT count(*) AS customers FROM {{ ref('segments') }}) AS listed
WHERE counted.customers <> listed.customers

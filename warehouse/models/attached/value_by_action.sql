-- What is at stake in each thing to do.
SELECT
    action,
    count(*) AS customers,
    CAST(sum(monetary) AS DOUBLE) AS revenue
FROM {{ source('segdb', 'customer_segments') }}
GROUP BY action

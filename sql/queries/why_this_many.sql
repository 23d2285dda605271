-- Why this number of segments?
-- Reads k_selection.
SELECT
    k,
    round(inertia, 1) AS inertia,
    round(silhouette, 4) AS silhouette,
    round(davies_bouldin, 4) AS davies_bouldin,
    round(calinski_harabasz, 1) AS calinski_harabasz,
    round(gap, 4) AS gap,
    round(stability, 3) AS stability,
    round(stability_error, 3) AS stability_error,
    selected,
    evidence
FROM (
    SELECT * FROM segdb.k_selection
    UNION ALL BY NAME
    -- A run of an older release has no such columns.
    SELECT NULL::DOUBLE AS stability_error, NULL::VARCHAR AS evidence WHERE false
)
ORDER BY k;

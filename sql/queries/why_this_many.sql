-- Why this number of segments?
-- Reads k_selection.
SELECT k, round(inertia, 1) AS inertia, round(silhouette, 4) AS silhouette, selected
FROM segdb.k_selection
ORDER BY k;

-- What was published when, and how far had the customers moved since the run before?
-- Reads runs, run_segments, run_drift, kept_runs: drift is the population stability index.
WITH sizes AS (
    SELECT
        run_id,
        string_agg(segment_id || ': ' || customers, ', ' ORDER BY segment_id) AS sizes
    FROM segdb.run_segments
    GROUP BY run_id
),
drift AS (
    SELECT
        run_id,
        max(psi) FILTER (feature = 'segment_id') AS drift_of_segments,
        max(psi) FILTER (feature <> 'segment_id') AS drift_of_features,
        arg_max(feature, psi) FILTER (feature <> 'segment_id') AS most_moved
    FROM segdb.run_drift
    GROUP BY run_id
)
SELECT
    r.run_id,
    date_trunc('second', r.finished_at) AS finished_at,
    r.as_of,
    r.customers,
    r.k,
    s.sizes,
    round(d.drift_of_segments, 3) AS drift_of_segments,
    round(d.drift_of_features, 3) AS drift_of_features,
    d.most_moved,
    r.republishes,
    r.run_id = max(r.run_id) OVER () OR k.run_id IS NOT NULL AS kept
FROM segdb.runs AS r
LEFT JOIN sizes AS s USING (run_id)
LEFT JOIN drift AS d USING (run_id)
LEFT JOIN segdb.kept_runs AS k USING (run_id)
ORDER BY r.run_id;

-- What sets each segment apart?
-- Reads segment_profiles, segment_features: the three features furthest from the average, of those that five customers have at least.
SELECT segment_id, segment, feature, round(mean, 2) AS mean, round(z, 2) AS z
FROM segdb.segment_features
JOIN segdb.segment_profiles USING (segment_id)
WHERE z IS NOT NULL AND segment_features.customers >= 5
QUALIFY row_number() OVER (PARTITION BY segment_id ORDER BY abs(z) DESC, feature) <= 3
ORDER BY segment_id, abs(z) DESC;

-- What should I do with each segment?
-- Reads segment_profiles.
SELECT segment_id, segment, tier, churn_risk, action, action_reason
FROM segdb.segment_profiles
ORDER BY segment_id;

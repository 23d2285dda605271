-- Who came into a segment in the last run, and from where?
-- Reads entered_segment, segment_migrations.
-- Parameter segment = "%" like segment_profiles.segment: its name, or a LIKE pattern
-- Parameter limit = 50 from 1: how many customers
SELECT customer_id, previous_segment, segment, entered_at
FROM segdb.entered_segment
WHERE segment ILIKE $segment
    AND entered_at = (SELECT max(as_of) FROM segdb.segment_migrations)
ORDER BY segment_id, previous_segment NULLS LAST, customer_id
LIMIT $limit;

-- Who left an RFM segment in the last run, and where to?
-- Reads rfm_segment_history, rfm_segment_migrations.
-- Parameter segment = "%" like rfm_segment_history.rfm_segment: its name, or a LIKE pattern
-- Parameter limit = 50 from 1: how many customers
SELECT
    h.customer_id,
    h.rfm_segment,
    n.rfm_segment AS next_rfm_segment,
    h.valid_to AS left_at
FROM segdb.rfm_segment_history AS h
LEFT JOIN segdb.rfm_segment_history AS n
    ON h.customer_id = n.customer_id AND h.valid_to = n.valid_from
WHERE h.rfm_segment ILIKE $segment
    AND h.valid_to = (SELECT max(as_of) FROM segdb.rfm_segment_migrations)
ORDER BY h.rfm_segment, next_rfm_segment NULLS LAST, h.customer_id
LIMIT $limit;

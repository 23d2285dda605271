-- Who came into an RFM segment in the last run, and from where?
-- Reads rfm_segment_history, rfm_segment_migrations.
-- Parameter segment = "%" like rfm_segment_history.rfm_segment: its name, or a LIKE pattern
-- Parameter limit = 50 from 1: how many customers
SELECT
    h.customer_id,
    p.rfm_segment AS previous_rfm_segment,
    h.rfm_segment,
    h.valid_from AS entered_at
FROM segdb.rfm_segment_history AS h
LEFT JOIN segdb.rfm_segment_history AS p
    ON h.customer_id = p.customer_id AND h.valid_from = p.valid_to
WHERE h.rfm_segment ILIKE $segment
    AND h.valid_from = (SELECT max(as_of) FROM segdb.rfm_segment_migrations)
ORDER BY h.rfm_segment, previous_rfm_segment NULLS LAST, h.customer_id
LIMIT $limit;

-- How do the segments compare with the RFM segments?
-- Reads rfm_by_segment: the two are other groups, also where a name is in both.
SELECT segment_id, segment, rfm_segment, customers
FROM segdb.rfm_by_segment
ORDER BY segment_id, customers DESC, rfm_segment;

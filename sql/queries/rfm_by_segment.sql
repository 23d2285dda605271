-- How do the segments compare with the classic RFM grid?
-- Reads customer_segments.
SELECT segment_id, segment, rfm_segment, count(*) AS customers
FROM segdb.customer_segments
GROUP BY ALL
ORDER BY segment_id, customers DESC, rfm_segment;

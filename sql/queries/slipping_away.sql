-- Who is slipping away?
-- Reads customer_segments: good customers who are overdue.
-- Parameter times = 2.0 from 0: of their own mean gap between orders
-- Parameter limit = 20 from 1: how many customers
SELECT customer_id, segment, recency_days, days_between_orders, monetary
FROM segdb.customer_segments
WHERE m_score >= 4
    AND frequency >= 3
    -- Orders of one day make no rhythm to fall out of.
    AND days_between_orders * (frequency - 1) >= 1
    AND recency_days > $times * greatest(days_between_orders, 1)
ORDER BY monetary DESC, customer_id
LIMIT $limit;

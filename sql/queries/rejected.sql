-- Which rows were not used, and why?
-- Reads rejected_rows.
SELECT source, reason, count(*) AS rows, any_value(row) AS example
FROM segdb.rejected_rows
GROUP BY ALL
ORDER BY rows DESC;

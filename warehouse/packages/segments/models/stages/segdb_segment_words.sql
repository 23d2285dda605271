-- what the run found of each segment, as constants
SELECT
  CAST(1 AS INT) AS "segment_id",
  CAST('Champions' AS TEXT) AS "segment",
  CAST('premium' AS TEXT) AS "tier",
  CAST('Orders 2.7 times as often as the average customer (23 orders each); spends 2,761 (all customers: 934); first order 262 days ago (all customers: 184 days).' AS TEXT) AS "summary",
  CAST('low' AS TEXT) AS "churn_risk",
  CAST(0.0 AS DOUBLE) AS "overdue",
  CAST('Reward them, give early access to what is new, and ask for referrals.' AS TEXT) AS "action",
  CAST('They bought lately, often, and for much: they carry the business and talk about it.' AS TEXT) AS "action_reason",
  CAST('frequency > 11.5 AND average_order_value > 72' AS TEXT) AS "rule",
  CAST(1.0 AS DOUBLE) AS "rule_precision",
  CAST(1.0 AS DOUBLE) AS "rule_recall",
  CAST(2.8610664854279957 AS DOUBLE) AS "separation",
  CAST(0.6068261431483601 AS DOUBLE) AS "silhouette",
  CAST(0.9575324675324677 AS DOUBLE) AS "stability"
UNION ALL
SELECT
  CAST(2 AS INT) AS "segment_id",
  CAST('Lost' AS TEXT) AS "segment",
  CAST('low engagement' AS TEXT) AS "tier",
  CAST('Last order 178 days ago (all customers: 48 days); orders every 55 days (all customers: 26 days); orders 80% less often than the average customer (1.6 orders each).' AS TEXT) AS "summary",
  CAST('high' AS TEXT) AS "churn_risk",
  CAST(0.9285714285714286 AS DOUBLE) AS "overdue",
  CAST('Try once to bring them back, then leave them alone.' AS TEXT) AS "action",
  CAST('The oldest, fewest and smallest orders: what is spent here is better spent elsewhere.' AS TEXT) AS "action_reason",
  CAST('recency_days > 70' AS TEXT) AS "rule",
  CAST(1.0 AS DOUBLE) AS "rule_precision",
  CAST(1.0 AS DOUBLE) AS "rule_recall",
  CAST(2.361611695037749 AS DOUBLE) AS "separation",
  CAST(0.2652793367812922 AS DOUBLE) AS "silhouette",
  CAST(0.8635716296087814 AS DOUBLE) AS "stability"
UNION ALL
SELECT
  CAST(3 AS INT) AS "segment_id",
  CAST('Loyal' AS TEXT) AS "segment",
  CAST('premium' AS TEXT) AS "tier",
  CAST('First order 254 days ago (all customers: 184 days); orders every 33 days (all customers: 26 days); last order 22 days ago (all customers: 48 days).' AS TEXT) AS "summary",
  CAST('low' AS TEXT) AS "churn_risk",
  CAST(0.0 AS DOUBLE) AS "overdue",
  CAST('Offer what goes with their purchases, and ask for reviews.' AS TEXT) AS "action",
  CAST('They keep coming back; a better basket is easier to win here than a new customer.' AS TEXT) AS "action_reason",
  CAST('frequency > 5 AND monetary <= 1000' AS TEXT) AS "rule",
  CAST(1.0 AS DOUBLE) AS "rule_precision",
  CAST(1.0 AS DOUBLE) AS "rule_recall",
  CAST(2.361611695037749 AS DOUBLE) AS "separation",
  CAST(0.6320379357192406 AS DOUBLE) AS "silhouette",
  CAST(0.9075 AS DOUBLE) AS "stability"
UNION ALL
SELECT
  CAST(4 AS INT) AS "segment_id",
  CAST('Promising' AS TEXT) AS "segment",
  CAST('regular' AS TEXT) AS "tier",
  CAST('First order 31 days ago (all customers: 184 days); orders every 14 days (all customers: 26 days); orders 66% less often than the average customer (2.8 orders each).' AS TEXT) AS "summary",
  CAST('low' AS TEXT) AS "churn_risk",
  CAST(0.0 AS DOUBLE) AS "overdue",
  CAST('Make the brand known to them, and let them try something free.' AS TEXT) AS "action",
  CAST('They bought not long ago, but rarely and for little.' AS TEXT) AS "action_reason",
  CAST('tenure_days <= 100' AS TEXT) AS "rule",
  CAST(1.0 AS DOUBLE) AS "rule_precision",
  CAST(1.0 AS DOUBLE) AS "rule_recall",
  CAST(3.2809319396724406 AS DOUBLE) AS "separation",
  CAST(0.6193938319992248 AS DOUBLE) AS "silhouette",
  CAST(1.0 AS DOUBLE) AS "stability"

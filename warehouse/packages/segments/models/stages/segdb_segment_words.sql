-- what the run found of each segment, as constants
SELECT
  CAST(1 AS INT) AS "segment_id",
  CAST('Champions' AS TEXT) AS "segment",
  CAST('premium' AS TEXT) AS "tier",
  CAST('Orders 2.7 times as often as the average customer (22.6 orders); spends 2,761 (all customers: 934); first order 262 days ago (all customers: 184).' AS TEXT) AS "summary",
  CAST('low' AS TEXT) AS "churn_risk",
  CAST(0.0 AS DOUBLE) AS "overdue",
  CAST('Reward them, give early access to what is new, and ask for referrals.' AS TEXT) AS "action",
  CAST('They bought lately, often, and for much: they carry the business and talk about it.' AS TEXT) AS "action_reason",
  CAST('"frequency" > 11.5 AND "average_order_value" > 72.0' AS TEXT) AS "rule",
  CAST(1.0 AS DOUBLE) AS "rule_precision",
  CAST(1.0 AS DOUBLE) AS "rule_recall",
  CAST(2.8610664854279957 AS DOUBLE) AS "separation",
  CAST(0.6068261431483601 AS DOUBLE) AS "silhouette",
  CAST(0.8578571428571429 AS DOUBLE) AS "stability"
UNION ALL
SELECT
  CAST(2 AS INT) AS "segment_id",
  CAST('Lost' AS TEXT) AS "segment",
  CAST('low engagement' AS TEXT) AS "tier",
  CAST('Last order 178 days ago (all customers: 48); orders every 54.8 days (all customers: 25.9); orders 0.2 times as often as the average customer (1.6 orders).' AS TEXT) AS "summary",
  CAST('high' AS TEXT) AS "churn_risk",
  CAST(0.9285714285714286 AS DOUBLE) AS "overdue",
  CAST('Try once to bring them back, then leave them alone.' AS TEXT) AS "action",
  CAST('The oldest, fewest and smallest orders: what is spent here is better spent elsewhere.' AS TEXT) AS "action_reason",
  CAST('"recency_days" > 70.0' AS TEXT) AS "rule",
  CAST(1.0 AS DOUBLE) AS "rule_precision",
  CAST(1.0 AS DOUBLE) AS "rule_recall",
  CAST(2.3616116950377495 AS DOUBLE) AS "separation",
  CAST(0.2652793367812921 AS DOUBLE) AS "silhouette",
  CAST(0.8386496544391282 AS DOUBLE) AS "stability"
UNION ALL
SELECT
  CAST(3 AS INT) AS "segment_id",
  CAST('At Risk' AS TEXT) AS "segment",
  CAST('regular' AS TEXT) AS "tier",
  CAST('First order 254 days ago (all customers: 184); orders every 32.5 days (all customers: 25.9); last order 22 days ago (all customers: 48).' AS TEXT) AS "summary",
  CAST('low' AS TEXT) AS "churn_risk",
  CAST(0.0 AS DOUBLE) AS "overdue",
  CAST('Write personally, and offer to renew.' AS TEXT) AS "action",
  CAST('They used to buy often and have not for a long time.' AS TEXT) AS "action_reason",
  CAST('"frequency" > 5.0 AND "monetary" <= 1000.0' AS TEXT) AS "rule",
  CAST(1.0 AS DOUBLE) AS "rule_precision",
  CAST(1.0 AS DOUBLE) AS "rule_recall",
  CAST(2.3616116950377495 AS DOUBLE) AS "separation",
  CAST(0.6320379357192404 AS DOUBLE) AS "silhouette",
  CAST(0.8669913419913421 AS DOUBLE) AS "stability"
UNION ALL
SELECT
  CAST(4 AS INT) AS "segment_id",
  CAST('Promising' AS TEXT) AS "segment",
  CAST('regular' AS TEXT) AS "tier",
  CAST('First order 31.4 days ago (all customers: 184); orders every 14.4 days (all customers: 25.9); orders 0.3 times as often as the average customer (2.8 orders).' AS TEXT) AS "summary",
  CAST('low' AS TEXT) AS "churn_risk",
  CAST(0.0 AS DOUBLE) AS "overdue",
  CAST('Make the brand known to them, and let them try something free.' AS TEXT) AS "action",
  CAST('They bought not long ago, but rarely and for little.' AS TEXT) AS "action_reason",
  CAST('"tenure_days" <= 100.0' AS TEXT) AS "rule",
  CAST(1.0 AS DOUBLE) AS "rule_precision",
  CAST(1.0 AS DOUBLE) AS "rule_recall",
  CAST(3.2809319396724406 AS DOUBLE) AS "separation",
  CAST(0.6193938319992249 AS DOUBLE) AS "silhouette",
  CAST(1.0 AS DOUBLE) AS "stability"

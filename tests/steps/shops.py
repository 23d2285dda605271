"""Two small sources: orders and customers of a shop, the same on every machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

SHOP = """
CREATE TABLE shop AS
SELECT 'c' || (i * 7919 % 180) AS client, i // 2 AS basket,
       TIMESTAMP '2024-01-01' + to_minutes((i * 3571 % 260000)::INTEGER) AS bought_at,
       (((i * 31 % 400) - 12) * (1 + i * 7919 % 180 % 9))::DECIMAL(12, 2) AS total,
       ['tea', 'cups', NULL][1 + i % 3] AS department
FROM range({rows}) t(i);
INSERT INTO shop SELECT * FROM shop WHERE basket % 50 = 0;
"""
PEOPLE = """
CREATE TABLE people AS
SELECT 'c' || i AS client, CASE WHEN i % 11 > 0 THEN 20 + i * 13 % 50 END AS age,
       power(1.03, i % 150) AS income, ['gold', 'silver'][1 + i % 2] AS card
FROM range(200) t(i);
INSERT INTO people SELECT client, age + 1, income, card FROM people WHERE age > 65;
"""
ORDER_COLUMNS = {
    "customer_id": "client",
    "order_id": "basket",
    "ordered_at": "bought_at",
    "amount": "total",
    "category": "department",
}
# The settings of a quick run on the orders, as a segdb.toml.
TOML = """
[columns]
customer_id = "client"
order_id = "basket"
ordered_at = "bought_at"
amount = "total"
[cluster]
k = 3
n_init = 1
[features]
use = ["recency_days", "frequency", "monetary"]
"""
# Of three features a run costs a quarter less than of all.
FEW_FEATURES: dict[str, Any] = {"use": ["recency_days", "frequency", "monetary"]}
ALL_FEATURES: dict[str, Any] = {"use": None}
CUSTOMER_FEATURES: dict[str, Any] = {"attributes": ["age", "income"], "categories": ["card"]}


def opened(rows: int = 1200, path: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Return a new database that holds both tables, in memory or in a file."""
    connection = duckdb.connect(":memory:" if path is None else str(path))
    connection.execute(SHOP.format(rows=rows)).fetchall()
    connection.execute(PEOPLE).fetchall()
    return connection


def written(path: Path) -> None:
    """Write a new database that holds both tables to a file."""
    opened(path=path).close()


def written_twice_as_large(path: Path) -> None:
    """Write a new database whose shop has 2,400 rows."""
    opened(2400, path).close()


def settings(source: str, **sections: Any) -> dict[str, Any]:
    """Return settings for orders, customers, or both, by default of few features."""
    features = {**FEW_FEATURES, **sections.pop("features", {})}
    if source != "orders":
        features |= CUSTOMER_FEATURES
    columns = {"customer_id": "client"} if source == "customers" else ORDER_COLUMNS
    return {
        "columns": columns,
        "features": features,
        "cluster": {"k": 3, "n_init": 1},
        **sections,
    }


def sources(source: str) -> dict[str, Any]:
    """Return the arguments of a run."""
    named = {"orders": {"orders": "shop"}, "customers": {"customers": "people"}}
    return {**named["orders"], **named["customers"]} if source == "both" else named[source]

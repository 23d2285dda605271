"""Explain: what is said of a segment holds for its customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

import segdb
from segdb.config.playbook import load
from segdb.named_queries import named
from tests.steps import shops

ONCE = """
CREATE TABLE once AS
SELECT i AS customer, TIMESTAMP '2025-01-01' + to_days((i * 37 % 360)::INTEGER) AS ordered_at,
       (5 + i * 7919 % 90)::DECIMAL(9, 2) AS amount
FROM range(400) t(i)
"""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with shops.opened() as connection:
        connection.execute(ONCE).fetchall()
        yield connection


def asked(connection: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    query = named(name)
    found = connection.sql(query.sql, params=query.values({}) or None).to_arrow_table()
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def test_who_bought_once_has_no_rhythm_to_be_late_by(connection: duckdb.DuckDBPyConnection) -> None:
    quick = {"cluster": {"k": 4, "n_init": 1}, "backtest": {"every_run": False}}
    made = segdb.run("once", database=connection, settings=quick)
    assert {(row["overdue"], row["churn_risk"]) for row in made.segments} == {(None, None)}
    recency = {row["segment"]: row["recency"] for row in made.query(
        "SELECT segment, avg(recency_days) AS recency FROM segdb.customer_segments GROUP BY ALL"
    ).to_pylist()}  # fmt: skip
    late = {"At Risk", "Can't Lose", "Hibernating", "Lost"}
    for name, days in recency.items():
        assert (name.split(",")[0] in late) == (days > 180), recency
    assert asked(connection, "win_back") == []
    at_risk = asked(connection, "value_at_risk")
    assert {row["overdue_percent"] for row in at_risk} == {None}


@pytest.mark.parametrize(
    "features",
    [shops.ALL_FEATURES, {"use": ["recency_days", "frequency", "monetary", "tenure_days"]}],
    ids=["with the gap", "without it"],
)
def test_the_share_of_the_late_is_of_those_with_a_rhythm(
    connection: duckdb.DuckDBPyConnection, features: dict[str, Any]
) -> None:
    connection.execute(
        "INSERT INTO shop SELECT 'once ' || customer, -customer, "
        "ordered_at - INTERVAL 2 YEAR, amount, 'tea' FROM once LIMIT 60"
    ).fetchall()
    connection.execute(
        "UPDATE shop SET bought_at = bought_at - to_days((hash(client) % 150)::INTEGER)"
    ).fetchall()
    settings = shops.settings("orders", clean={"missing": "zero"}, features=features)
    made = segdb.run("shop", database=connection, settings=settings)
    frame = made.table("customer_segments").to_pandas()
    assert (frame.frequency == 1).sum() >= 60
    orders = frame[frame.frequency > 1]
    gap = (orders.tenure_days - orders.recency_days) / (orders.frequency - 1)
    if features == shops.ALL_FEATURES:
        gap = orders.days_between_orders
    times = orders.recency_days / gap.clip(lower=1)
    assert ((times > 1.5) & (times < 2)).any()
    assert ((times > 2) & (times < 2.5)).any()
    late = (times > 2).groupby(orders.segment_id).mean()
    for row in made.segments:
        assert row["overdue"] == pytest.approx(late.get(row["segment_id"]))


def test_recency_alone_does_not_tell_how_they_buy() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE people AS SELECT i AS id, (i * 37 % 300)::DOUBLE AS recency_days, "
            "(i * i % 97)::DOUBLE AS age FROM range(300) t(i)"
        ).fetchall()
        made = segdb.run(
            customers="people", database=connection, settings={"cluster": {"k": 3, "n_init": 1}}
        )
        assert all("age" in row["segment"].lower() for row in made.segments), made.segments
        assert {row["action_reason"] for row in made.segments} <= {
            standing.reason for standing in load().standings
        }

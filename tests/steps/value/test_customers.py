"""A planted shop, through a run, a refresh, a rollback and the live view."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import segdb
from segdb.model import Model

DAYS = 500
PLANTED = {"r": 0.9, "alpha": 30.0, "a": 0.8, "b": 2.4}
SPEND = {"p": 5.0, "q": 4.0, "gamma": 60.0}
SETTINGS: dict[str, Any] = {
    "columns": {"customer_id": "id", "ordered_at": "moment", "amount": "paid"},
    "features": {"use": ["recency_days", "frequency", "monetary"]},
    "cluster": {"k": 3, "n_init": 1},
    "clean": {"duplicates": "keep"},
    "backtest": {"every_run": False},
}
SUMS = "SELECT count(*), sum(expected_value), sum(p_alive), sum(repeat_orders) FROM segdb.{}"


def planted(customers: int, seed: int = 21) -> pd.DataFrame:
    """Orders of customers who order and stop as MBG/NBD has it, and pay as Gamma-Gamma has."""
    draw = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        rate = draw.gamma(PLANTED["r"], 1 / PLANTED["alpha"])
        stop = draw.beta(PLANTED["a"], PLANTED["b"])
        scale = draw.gamma(SPEND["q"], 1 / SPEND["gamma"])
        at = draw.uniform(0, 0.6 * DAYS)
        while at < DAYS:
            paid = max(0.01, float(np.round(draw.gamma(SPEND["p"], 1 / scale), 2)))
            rows.append((customer, datetime(2024, 1, 1) + timedelta(days=float(at)), paid))
            if draw.random() < stop:
                break
            at += draw.exponential(1 / rate)
    return pd.DataFrame(rows, columns=["id", "moment", "paid"])


@pytest.fixture(scope="module")
def shop() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.register("given", planted(3000))
        connection.execute("CREATE TABLE orders AS FROM given")
        segdb.run("orders", database=connection, settings=SETTINGS)
        yield connection


def test_planted_parameters_are_published(shop: duckdb.DuckDBPyConnection) -> None:
    rows = shop.sql("SELECT parameter, value, standard_error FROM segdb.value_model").fetchall()
    found = {name: (value, error) for name, value, error in rows if error is not None}
    assert set(found) == {*PLANTED, *SPEND}
    for name, value in {**PLANTED, **SPEND}.items():
        # Days are counted whole here, and planted as they come.
        assert abs(found[name][0] - value) < 3.5 * found[name][1], name


def test_every_customer_has_a_value(shop: duckdb.DuckDBPyConnection) -> None:
    values = shop.sql("FROM segdb.customer_value").df()
    segments = shop.sql("FROM segdb.segments").df()
    assert set(values.customer_id) == set(segments.customer_id)
    assert values.p_alive.between(0, 1).all()
    assert (values.expected_orders >= 0).all()
    expected = values.expected_orders * values.expected_order_value
    np.testing.assert_allclose(values.expected_value, expected)
    assert values.repeat_order_value.isna().equals(values.repeat_orders == 0)
    by_segment = values.merge(segments, on="customer_id").groupby("segment_id")
    profiles = shop.sql("FROM segdb.segment_profiles").df().set_index("segment_id")
    np.testing.assert_allclose(profiles.expected_revenue, by_segment.expected_value.sum())
    np.testing.assert_allclose(profiles.revenue_at_risk, by_segment.value_at_risk.sum())


def test_histories_are_those_of_the_orders(shop: duckdb.DuckDBPyConnection) -> None:
    values = shop.sql("FROM segdb.customer_value").df().set_index("customer_id").sort_index()
    orders = shop.sql("SELECT id, moment::DATE AS day, paid FROM orders").df()
    days = orders.groupby(["id", "day"]).paid.sum().reset_index().sort_values(["id", "day"])
    first = days.groupby("id").first()
    np.testing.assert_array_equal(values.repeat_orders, days.groupby("id").size() - 1)
    observed = (days.day.max() - first.day).dt.days
    np.testing.assert_array_equal(values.days_observed, observed)
    rest = days.groupby("id").paid.sum() - first.paid
    back = values.repeat_orders > 0
    np.testing.assert_allclose(
        values.repeat_order_value[back], (rest / values.repeat_orders)[back], rtol=1e-9
    )


def test_the_live_view_is_the_table(shop: duckdb.DuckDBPyConnection) -> None:
    live, table = (
        shop.sql(f"FROM segdb.{name}").df().sort_values("customer_id").reset_index(drop=True)
        for name in ("customer_value_live", "customer_value")
    )
    pd.testing.assert_frame_equal(live, table, rtol=1e-9)


def test_refresh_and_rollback_keep_the_model() -> None:
    with duckdb.connect() as connection:
        connection.register("given", planted(900))
        connection.execute("CREATE TABLE orders AS FROM given WHERE moment < '2025-02-01'")
        segdb.run("orders", database=connection, settings=SETTINGS)
        parameters = connection.sql("FROM segdb.value_model").fetchall()
        first = connection.sql(SUMS.format("customer_value")).fetchall()
        connection.execute("INSERT INTO orders FROM given WHERE moment >= '2025-02-01'")
        segdb.refresh("orders", database=connection)
        kept = "FROM segdb.value_model"
        assert connection.sql(kept).fetchall() == parameters
        second = connection.sql(SUMS.format("customer_value")).fetchall()
        assert second[0][3] > first[0][3]
        segdb.rollback(1, database=connection)
        again = connection.sql(SUMS.format("customer_value")).fetchall()
        assert again[0] == pytest.approx(first[0])
        assert connection.sql(kept).fetchall() == parameters
        last = "SELECT model FROM segdb.runs ORDER BY run_id DESC LIMIT 1"
        text = connection.sql(last).fetchall()
        assert Model.from_json(text[0][0]).value is not None


def test_too_little_history_is_an_answer() -> None:
    with duckdb.connect() as connection:
        connection.register("given", planted(300))
        connection.execute("CREATE TABLE orders AS FROM given")
        result = segdb.run("orders", database=connection, settings=SETTINGS)
        note = "too little history: 300 customers, and 500 are needed"
        assert f"Customer value: {note}." in result.notes
        rows = connection.sql("SELECT parameter, value, note FROM segdb.value_model").fetchall()
        assert rows == [("status", None, note)]
        assert connection.sql("FROM segdb.customer_value").fetchall() == []
        assert connection.sql("FROM segdb.customer_value_live").fetchall() == []


def test_without_customer_value_nothing_more_is_aggregated() -> None:
    with duckdb.connect() as connection:
        connection.register("given", planted(300))
        connection.execute("CREATE TABLE orders AS FROM given")
        segdb.run("orders", database=connection, settings=SETTINGS | {"value": {"model": "none"}})
        rows = connection.sql("SELECT parameter, note FROM segdb.value_model").fetchall()
        assert rows == [("status", '[value] model is "none"')]

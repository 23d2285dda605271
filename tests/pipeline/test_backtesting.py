"""The backtest recounted, shown nothing of the future, and told what is noise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import segdb
from segdb.errors import DataError, SettingsError, UserError
from tests.value.cdnow import days_of

CUTS = (date(1997, 10, 1), date(1998, 1, 1))
HORIZON = 180
SETTINGS: dict[str, Any] = {
    "columns": {"customer_id": "id", "ordered_at": "day", "amount": "paid"},
    "cluster": {"k": 4, "n_init": 1},
    "features": {"use": ["recency_days", "frequency", "monetary"]},
    "backtest": {"every_run": False},
}
TABLES = ("segment_outcomes", "backtest_rankings", "backtest_calibration")


def frames(connection: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    return {name: connection.sql(f"FROM segdb.{name}").df() for name in TABLES}


@pytest.fixture(scope="module")
def cdnow_shop(cdnow: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """CDNOW's purchases of both years, a run published, and two cuts tested."""
    with days_of(cdnow, "1998-06-30") as connection:
        segdb.run("days", database=connection, settings=SETTINGS)
        segdb.backtest("days", cuts=CUTS, horizon=HORIZON, database=connection)
        yield connection


def test_outcomes_are_what_pandas_counts(cdnow_shop: duckdb.DuckDBPyConnection) -> None:
    tables = frames(cdnow_shop)
    days = cdnow_shop.sql("FROM days").df()
    for cut in map(pd.Timestamp, CUTS):
        before = days[days.day < cut]
        after = days[(days.day >= cut) & (days.day < cut + timedelta(days=HORIZON))]
        known = set(before.id)
        theirs = after[after.id.isin(known)]
        outcomes = tables["segment_outcomes"].query("cut == @cut")
        assert outcomes.customers.sum() == len(known)
        assert outcomes.returned.sum() == theirs.id.nunique()
        assert outcomes.orders.sum() == len(theirs)
        assert outcomes.revenue.sum() == pytest.approx(theirs.paid.sum())
        assert outcomes.revenue_share.sum() == pytest.approx(1.0)
        for row in outcomes.itertuples():
            assert row.return_rate_low <= row.return_rate <= row.return_rate_high
            assert row.revenue_low <= row.revenue_per_customer <= row.revenue_high
        customers = before.groupby("id").agg(paid=("paid", "sum"), days=("day", "nunique"))
        came = theirs.groupby("id").paid.sum().reindex(customers.index, fill_value=0.0)
        rankings = tables["backtest_rankings"].query("cut == @cut").set_index("ranking")
        for name, score in (("past_spend", customers.paid), ("frequency", customers.days)):
            assert rankings.gini[name] == pytest.approx(gini(score, came), rel=1e-4)


def gini(score: pd.Series, came: pd.Series) -> float:
    """The normalised Gini coefficient, equal customers sharing their places."""

    def area(by: pd.Series) -> float:
        table = pd.DataFrame({"by": by, "came": came}).groupby("by").came.agg(["size", "sum"])
        table = table.sort_index(ascending=False)
        middle = table["sum"].cumsum() - table["sum"] / 2
        return float((table["size"] * middle).sum() / (len(came) * came.sum()))

    return (2 * area(score) - 1) / (2 * area(came) - 1)


def test_the_value_model_of_the_cut_is_calibrated(cdnow_shop: duckdb.DuckDBPyConnection) -> None:
    """The model foresees what came; but for Christmas, which it knows nothing of."""
    outcomes = frames(cdnow_shop)["segment_outcomes"]
    first = outcomes[outcomes.cut == pd.Timestamp(CUTS[0])]
    assert first.expected_orders.sum() == pytest.approx(first.orders.sum(), rel=0.2)
    calibration = frames(cdnow_shop)["backtest_calibration"]
    orders = calibration.query("measure == 'expected_orders' and cut == @CUTS[0]")
    assert orders.tenth.tolist() == list(range(1, 11))
    assert orders.expected.is_monotonic_increasing
    assert np.corrcoef(orders.expected, orders.actual)[0, 1] > 0.97


def test_expected_value_is_among_the_best_rankings(cdnow_shop: duckdb.DuckDBPyConnection) -> None:
    rankings = frames(cdnow_shop)["backtest_rankings"]
    for _, rows in rankings.groupby("cut"):
        by_name = rows.set_index("ranking").gini
        assert by_name["expected_value"] > by_name["recency"]
        assert by_name["expected_value"] > by_name["last_order"]


def shop(seed: int = 7) -> pd.DataFrame:
    """A shop of 700 customers in 600 days, who order at rates and spend at levels of their own."""
    draw = np.random.default_rng(seed)
    rows = []
    for customer in range(700):
        first, gap, level = draw.uniform(0, 500), draw.gamma(2.0, 30.0), draw.lognormal(3.5, 0.7)
        at = first
        while at < 600:
            paid = round(float(level * draw.lognormal(0, 0.3)), 2)
            rows.append((customer, datetime(2024, 1, 1) + timedelta(days=float(at)), paid))
            at += draw.exponential(gap)
    return pd.DataFrame(rows, columns=["id", "day", "paid"])


def backtested(orders: pd.DataFrame, cut: date, **settings: Any) -> dict[str, pd.DataFrame]:
    with duckdb.connect() as connection:
        connection.register("given", orders)
        connection.execute("CREATE TABLE orders AS FROM given")
        segdb.run("orders", database=connection, settings=SETTINGS | settings)
        segdb.backtest("orders", cuts=[cut], horizon=90, database=connection)
        return frames(connection)


def test_nothing_behind_the_cut_is_seen() -> None:
    """Absurd rows after the cut move what came, and nothing that was known or expected."""
    orders, cut = shop(), date(2025, 3, 1)
    draw = np.random.default_rng(1)
    late = pd.Timestamp(cut) + timedelta(days=1)
    absurd = pd.DataFrame(
        {
            "id": draw.integers(0, 5000, 4000),
            "day": late,
            "paid": draw.choice([1e7, -4e6, 0.01], 4000),
        }
    )
    plain = backtested(orders, cut)
    shown = backtested(pd.concat([orders, absurd], ignore_index=True), cut)
    known = ["customers", "expected_return_rate", "expected_orders", "expected_revenue"]
    before, after = (
        t["segment_outcomes"].sort_values(known).reset_index(drop=True) for t in (plain, shown)
    )
    pd.testing.assert_frame_equal(before[known], after[known])
    assert before.revenue.sum() != after.revenue.sum()
    columns = ["measure", "tenth", "customers", "expected"]
    pd.testing.assert_frame_equal(
        *(t["backtest_calibration"][columns].sort_values(columns[:2]) for t in (plain, shown))
    )


def test_noise_is_called_noise() -> None:
    """Where nobody differs from anybody, no ranking foresees who will come."""
    draw = np.random.default_rng(2)
    rows = 12_000
    orders = pd.DataFrame(
        {
            "id": draw.integers(0, 1500, rows),
            "day": datetime(2024, 1, 1) + pd.to_timedelta(draw.uniform(0, 500, rows), unit="D"),
            "paid": np.round(draw.lognormal(3, 0.5, rows), 2),
        }
    )
    rankings = backtested(orders, date(2025, 1, 1))["backtest_rankings"].set_index("ranking")
    assert abs(rankings.gini["segments"]) < 0.1
    assert 0.44 < rankings.auc["segments"] < 0.56


def test_a_cut_that_cannot_be_tested_says_so() -> None:
    with duckdb.connect() as connection:
        connection.register("given", shop())
        connection.execute("CREATE TABLE orders AS FROM given")
        with pytest.raises(UserError, match="segdb\\.run"):
            segdb.backtest("orders", database=connection)
        segdb.run("orders", database=connection, settings=SETTINGS)
        with pytest.raises(SettingsError, match="The latest day is 2025-05-"):
            segdb.backtest("orders", cuts=[date(2026, 1, 1)], horizon=90, database=connection)
        with pytest.raises(DataError, match="100 are needed"):
            segdb.backtest("orders", cuts=[date(2024, 1, 20)], horizon=90, database=connection)
        assert connection.sql("FROM segdb.segment_outcomes").fetchall() == []


def test_a_cut_at_which_the_settings_are_impossible_fails_no_run() -> None:
    """Until then every order was of one price: too few features for the components."""
    orders = shop()
    orders["paid"] = orders.paid.where(orders.day >= "2025-06-20", 10.0)
    settings = SETTINGS | {
        "features": {"use": ["recency_days", "frequency", "average_order_value"], "components": 3},
        "outliers": {"method": "none"},
        "backtest": {},
    }
    with duckdb.connect() as connection:
        connection.register("given", orders)
        connection.execute("CREATE TABLE orders AS FROM given")
        made = segdb.run("orders", database=connection, settings=settings)
        assert any("No backtest of 2025-05-" in note for note in made.notes)
        assert connection.sql("FROM segdb.segment_outcomes").fetchall() == []
        long = settings | {"backtest": {"horizon": 400}, "features": SETTINGS["features"]}
        made = segdb.run("orders", database=connection, settings=long)
        assert any("a horizon of 400 takes 800" in note for note in made.notes)


def test_customers_alone_have_no_past() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE people AS "
            "SELECT i AS id, i % 17 AS age, i % 5 AS visits FROM range(300) t(i)"
        )
        settings = {"cluster": {"k": 3, "n_init": 1}}
        segdb.run(customers="people", database=connection, settings=settings)
        with pytest.raises(UserError, match="no orders"):
            segdb.backtest(customers="people", database=connection)
        note = connection.sql("SELECT parameter, note FROM segdb.value_model").fetchall()
        assert note == [("status", "there are no orders")]
        assert connection.sql("FROM segdb.customer_value").fetchall() == []

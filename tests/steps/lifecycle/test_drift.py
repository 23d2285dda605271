"""Drift: what each run says of how far its customers moved, counted again in pandas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import numpy as np
import pandas as pd
import pytest

import segdb
from segdb.engines.duckdb.database import DuckDB
from segdb.steps.lifecycle.drift import SIZES, drift_of_features
from tests.expressions.test_drift import psi
from tests.steps import shops


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with shops.opened(2400) as connection:
        yield connection


@pytest.fixture(scope="module")
def runs(
    connection: duckdb.DuckDBPyConnection,
) -> list[tuple[pd.DataFrame, pd.Series]]:
    """The features and the sizes of the segments of three runs."""
    found = []
    for month in (3, 5, 5):
        made = segdb.run(
            "shop",
            database=connection,
            settings=shops.settings(
                "orders", as_of=datetime(2024, month, 1), features=shops.ALL_FEATURES
            ),
        )
        sizes = made.table("segments").to_pandas().segment_id.value_counts()
        found.append((made.table("customer_features").to_pandas(), sizes))
    return found


def by_hand(then: pd.Series, now: pd.Series) -> float:
    edges = np.unique(np.quantile(then.dropna(), np.arange(1, 10) / 10))

    def counts(values: pd.Series) -> list[int]:
        places = np.searchsorted(edges, values.dropna(), side="left")
        return [int(values.isna().sum()), *np.bincount(places, minlength=len(edges) + 1)]

    return psi(counts(then), counts(now))


def test_the_first_run_has_nothing_to_be_compared_with(
    connection: duckdb.DuckDBPyConnection, runs: list[tuple[pd.DataFrame, pd.Series]]
) -> None:
    rows = connection.execute(
        "SELECT DISTINCT run_id, previous_run_id FROM segdb.run_drift ORDER BY 1"
    )
    assert rows.fetchall() == [(2, 1), (3, 2)]
    assert len(runs) == 3


@pytest.mark.parametrize("run_id", [2, 3])
def test_it_is_what_pandas_counts(
    connection: duckdb.DuckDBPyConnection,
    runs: list[tuple[pd.DataFrame, pd.Series]],
    run_id: int,
) -> None:
    rows = connection.execute(f"SELECT feature, psi FROM segdb.run_drift WHERE run_id = {run_id}")
    found = dict(rows.fetchall())
    (then, sizes_then), (now, sizes_now) = runs[run_id - 2], runs[run_id - 1]
    features = [c for c in then.columns if then[c].dtype.kind == "f"]
    assert set(found) == {*features, SIZES}
    for name in features:
        assert found[name] == pytest.approx(by_hand(then[name], now[name]), abs=1e-9), name
    ids = sorted({*sizes_then.index, *sizes_now.index})
    both = [[int(sizes.get(i, 0)) for i in ids] for sizes in (sizes_then, sizes_now)]
    assert found[SIZES] == pytest.approx(psi(*both), abs=1e-9)
    assert (found["tenure_days"] > 0.25) == (run_id == 2)


def test_the_sizes_of_every_run_are_kept(
    connection: duckdb.DuckDBPyConnection, runs: list[tuple[pd.DataFrame, pd.Series]]
) -> None:
    rows = connection.execute("SELECT run_id, segment_id, customers FROM segdb.run_segments")
    expected = {
        (place, int(i), int(n))
        for place, (_, sizes) in enumerate(runs, 1)
        for i, n in sizes.items()
    }
    assert set(rows.fetchall()) == expected
    shares = connection.execute(
        "SELECT sum(customer_share) FROM segdb.run_segments GROUP BY run_id"
    ).fetchall()
    assert shares == [(pytest.approx(1),)] * 3


def test_features_that_only_one_has_or_nobody_has_are_left_out() -> None:
    store = DuckDB(duckdb.connect())
    columns = "i AS customer_id, i::DOUBLE AS a"
    then = store.table("then", f"SELECT {columns}, NULL::DOUBLE AS b FROM range(9) t(i)")
    now = store.table("now", f"SELECT {columns}, 1.0::DOUBLE AS b, 2.0 AS c FROM range(9) t(i)")
    assert drift_of_features(store, then, now, ["a", "b", "c"]) == {"a": pytest.approx(0)}
    assert drift_of_features(store, then, now, ["c"]) == {}

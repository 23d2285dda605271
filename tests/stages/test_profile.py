"""Sizes, means and quantiles by segment: against NumPy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest

from segdb.stages.profile import QUANTILES, by_segment, overall, sizes
from segdb.store.duckdb import DuckDB

Columns = Mapping[str, npt.NDArray[np.float64]]


@pytest.fixture
def nearest(features_with_holes: DuckDB, holes: Columns) -> npt.NDArray[np.int64]:
    """The cluster of each customer, in the table ``assigned`` beside the features."""
    features_with_holes.execute(
        "CREATE TABLE assigned AS SELECT *, (customer_id % 3)::INTEGER AS nearest, "
        "customer_id / 100 AS distance, 1 / (1 + customer_id) AS margin FROM features"
    )
    return np.arange(len(next(iter(holes.values())))) % 3


def test_sizes(features_with_holes: DuckDB, holes: Columns, nearest: npt.NDArray[np.int64]) -> None:
    table = features_with_holes.unbound("assigned", "assigned")
    rows = {row["nearest"]: row for row in features_with_holes.rows(sizes(table, "monetary"))}
    assert set(rows) == {0, 1, 2}
    distance = np.arange(len(nearest)) / 100
    for place, row in rows.items():
        own = nearest == place
        assert row["customers"] == own.sum()
        assert row["squares"] == pytest.approx((distance[own] ** 2).sum(), rel=1e-9)
        assert row["value"] == pytest.approx(np.nanmean(holes["monetary"][own]), rel=1e-9)


def test_by_segment(
    features_with_holes: DuckDB, holes: Columns, nearest: npt.NDArray[np.int64]
) -> None:
    table = features_with_holes.unbound("assigned", "assigned")
    rows = features_with_holes.rows(by_segment(table, list(holes)))
    assert {row["nearest"] for row in rows} == {0, 1, 2}
    for row in rows:
        own = nearest == row["nearest"]
        ids = np.arange(len(nearest))[own]
        assert row["customers"] == own.sum()
        assert row["cohesion"] == pytest.approx((ids / 100).mean(), rel=1e-9)
        assert row["margin"] == pytest.approx((1 / (1 + ids)).mean(), rel=1e-9)
        for i, values in enumerate(holes.values()):
            there = values[own][~np.isnan(values[own])]
            assert row[f"mean_{i}"] == pytest.approx(there.mean(), rel=1e-9)
            assert row[f"sum_{i}"] == pytest.approx(there.sum(), rel=1e-9)
            for name, level in QUANTILES.items():
                wanted = np.percentile(there, 100 * level)
                assert row[f"{name}_{i}"] == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_overall(features_with_holes: DuckDB, holes: Columns) -> None:
    table = features_with_holes.unbound("features", "features")
    row = features_with_holes.rows(overall(table, list(holes)))[0]
    for i, values in enumerate(holes.values()):
        there = values[~np.isnan(values)]
        assert row[f"mean_{i}"] == pytest.approx(there.mean(), rel=1e-9)
        assert row[f"sd_{i}"] == pytest.approx(there.std(), rel=1e-9)
        for level in (20, 40, 60, 80):
            wanted = np.percentile(there, level)
            assert row[f"q{level}_{i}"] == pytest.approx(wanted, rel=1e-9, abs=1e-12)

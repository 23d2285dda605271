"""A Lloyd step in SQL against NumPy, row by row."""

from __future__ import annotations

import duckdb
import ibis
import numpy as np
import numpy.typing as npt
import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.lloyd import farthest, step
from segdb.sql import to_sql

COLUMNS = ["x_a", "x_b", "x_c"]
CENTROIDS = [[-1.0, 0.0, 0.5], [1.0, 0.2, 0.0], [0.0, 3.0, -1.0], [50.0, 50.0, 50.0]]


@pytest.fixture(scope="module")
def values() -> npt.NDArray[np.float64]:
    draw = np.random.default_rng(3)
    rows: npt.NDArray[np.float64] = draw.normal(size=(500, 3)) * [1.0, 2.0, 0.5]
    return rows


@pytest.fixture(scope="module")
def store(values: npt.NDArray[np.float64]) -> DuckDB:
    store = DuckDB(duckdb.connect())
    ids = np.arange(len(values))
    a, b, c = values.T
    store.connection.register("frame", {"customer_id": ids, "x_a": a, "x_b": b, "x_c": c})
    store.execute("CREATE TABLE scaled AS FROM frame")
    return store


def scaled() -> ibis.Table:
    return ibis.table({"customer_id": "int64", **dict.fromkeys(COLUMNS, "float64")}, name="scaled")


def test_step_is_what_numpy_gives(store: DuckDB, values: npt.NDArray[np.float64]) -> None:
    distances = np.linalg.norm(values[:, None] - np.array(CENTROIDS)[None], axis=2)
    nearest = distances.argmin(axis=1)
    first = distances.min(axis=1)
    rows = {row["nearest"]: row for row in store.rows(step(scaled(), COLUMNS, CENTROIDS))}
    assert set(rows) == {0, 1, 2}  # nobody is near the fourth
    for place, row in rows.items():
        own = nearest == place
        assert row["customers"] == own.sum()
        assert row["distances"] == pytest.approx(first[own].sum())
        assert row["squares"] == pytest.approx((first[own] ** 2).sum())
        means = [row[f"mean_{i}"] for i in range(3)]
        assert means == pytest.approx(values[own].mean(axis=0).tolist())


def test_farthest_are_those_of_numpy(store: DuckDB, values: npt.NDArray[np.float64]) -> None:
    distances = np.linalg.norm(values[:, None] - np.array(CENTROIDS)[None], axis=2)
    expected = np.argsort(-distances.min(axis=1))[:5]
    rows = store.rows(farthest(scaled(), COLUMNS, CENTROIDS, 5))
    assert [row["customer_id"] for row in rows] == expected.tolist()
    assert [row["nearest"] for row in rows] == distances.argmin(axis=1)[expected].tolist()
    assert [row["x_b"] for row in rows] == values[expected, 1].tolist()


def test_equal_distances_go_by_the_id(store: DuckDB) -> None:
    store.execute("CREATE OR REPLACE TABLE even AS SELECT 9 - i AS customer_id, 1.0 AS x_a, 0.0 "
                  "AS x_b, 0.0 AS x_c FROM range(10) AS r(i)")  # fmt: skip
    even = ibis.table(scaled().schema(), name="even")
    rows = store.rows(farthest(even, COLUMNS, CENTROIDS, 3))
    assert [row["customer_id"] for row in rows] == [0, 1, 2]


def test_step_scans_the_customers_once() -> None:
    assert to_sql(step(scaled(), COLUMNS, CENTROIDS)).count('"scaled"') == 1

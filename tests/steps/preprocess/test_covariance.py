"""Covariances are the same whether SQL or NumPy has them."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.steps.preprocess.covariance import measured

COLUMNS = ["a", "b", "c"]


@pytest.fixture
def store() -> DuckDB:
    draw = np.random.default_rng(4)
    # Far from zero, where a sum of plain products would lose its digits.
    a = 1e6 + draw.normal(size=900)
    b = draw.pareto(1.5, 900)
    table = {"customer_id": np.arange(900), "a": a, "b": b, "c": 0.5 * b + draw.normal(size=900)}
    store = DuckDB(duckdb.connect())
    store.connection.register("given", pa.table(table))
    store.execute("CREATE TABLE features AS FROM given")
    return store


@pytest.mark.parametrize("method", ["standard", "robust", "none"])
@pytest.mark.parametrize("columns", [COLUMNS, COLUMNS[1:2]])
def test_few_customers_and_many_are_measured_alike(
    store: DuckDB, columns: list[str], method: str
) -> None:
    features = store.unbound("features", "features")
    few, many = (measured(store, features, columns, method, few=few) for few in (True, False))
    assert few.keys() == many.keys()
    assert {k: float(v) for k, v in few.items()} == pytest.approx(
        {k: float(v) for k, v in many.items()}, rel=1e-9
    )


def test_covariances_are_those_of_numpy(store: DuckDB) -> None:
    row = measured(store, store.unbound("features", "features"), COLUMNS, "none", few=True)
    table = store.fetch("SELECT a, b, c FROM features")
    expected = np.cov([column.to_numpy() for column in table.columns], bias=True)
    assert row["cov_0_2"] == pytest.approx(expected[0, 2], rel=1e-9)
    assert row["cov_1_1"] == pytest.approx(expected[1, 1], rel=1e-9)

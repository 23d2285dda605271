"""A database in memory, and numbers to learn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from segdb.engines.duckdb.database import DuckDB

Columns = Mapping[str, npt.NDArray[np.float64]]
CUSTOMERS = 1501


@pytest.fixture
def store() -> Iterator[DuckDB]:
    with duckdb.connect() as connection:
        yield DuckDB(connection)


@pytest.fixture(scope="session")
def columns() -> Columns:
    """Features without holes: a long tail, both signs, few values, a share that is mostly 0."""
    draw = np.random.default_rng(7)
    return {
        "monetary": np.round(draw.lognormal(4, 1.2, CUSTOMERS), 4),
        "balance": draw.normal(-50, 900, CUSTOMERS),
        "frequency": draw.geometric(0.6, CUSTOMERS).astype(float),
        'return "rate"': np.where(draw.random(CUSTOMERS) < 0.9, 0.0, draw.random(CUSTOMERS)),
    }


@pytest.fixture(scope="session")
def holes(columns: Columns) -> Columns:
    """The same with a tenth missing, as NaN."""
    draw = np.random.default_rng(8)
    return {
        name: np.where(draw.random(CUSTOMERS) < 0.1, np.nan, values)
        for name, values in columns.items()
    }


def arrow(columns: Columns) -> pa.Table:
    """Columns as an Arrow table with ``customer_id`` 0, 1, …; NaN is NULL."""
    made = {
        name: pa.array([None if np.isnan(v) else float(v) for v in values], pa.float64())
        for name, values in columns.items()
    }
    return pa.table({"customer_id": np.arange(CUSTOMERS), **made})


@pytest.fixture
def features(store: DuckDB, columns: Columns) -> DuckDB:
    """The store, with the table ``features``."""
    store.connection.register("features", arrow(columns))
    return store


@pytest.fixture
def features_with_holes(store: DuckDB, holes: Columns) -> DuckDB:
    """The store, with the table ``features`` that has holes."""
    store.connection.register("features", arrow(holes))
    return store

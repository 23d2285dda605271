"""A table of text in memory, and a way to ask about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from segdb.inspect.value_patterns import Ask
from segdb.sql import to_sql

Tables = Callable[[Mapping[str, Sequence[Any]]], ir.Table]


@pytest.fixture(scope="session")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@pytest.fixture(scope="session")
def ask(connection: duckdb.DuckDBPyConnection) -> Ask:
    def run(query: ir.Table) -> pa.Table:
        return connection.sql(to_sql(query, pretty=False)).to_arrow_table()

    return run


@pytest.fixture
def table(connection: duckdb.DuckDBPyConnection) -> Tables:
    """Make a table of the given columns; what is no Arrow array is text."""

    def make(columns: Mapping[str, Sequence[Any]]) -> ir.Table:
        arrays = {
            name: values if isinstance(values, pa.Array) else pa.array(values, pa.string())
            for name, values in columns.items()
        }
        rows = pa.table(arrays)
        connection.register("raw", rows)
        return ibis.table(ibis.Schema.from_pyarrow(rows.schema), name="raw")

    return make

"""The types of the contract: in DuckDB, in Ibis and in Arrow they are the same."""

from __future__ import annotations

import duckdb
import ibis.expr.datatypes as dt
import pytest
from ibis.backends.sql.datatypes import DuckDBType

from segdb.contract import ID, SEGMENTS, TABLES, Column
from segdb.contract.types import arrow_schema, ibis_type

KINDS = sorted({c.type for table in TABLES for c in table.columns} - {ID})


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_is_of_its_sql_type(kind: str) -> None:
    name = DuckDBType.to_string(ibis_type(Column("x", kind, "")))
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT typeof(CAST(NULL AS {name}))").fetchall()
    assert rows == [(kind,)]


def test_the_id_is_of_the_type_of_the_source() -> None:
    types = {c.name: ibis_type(c, dt.int64) for c in SEGMENTS.columns}
    assert types["customer_id"] == dt.int64
    assert types["segment"] == dt.string


def test_arrow_writes_what_duckdb_reads() -> None:
    for table in TABLES:
        if any(column.type == ID for column in table.columns):
            continue
        empty = arrow_schema(table).empty_table()
        with duckdb.connect() as connection:
            connection.register("empty", empty)
            rows = connection.execute("DESCRIBE FROM empty").fetchall()
        written = {row[0]: row[1] for row in rows}
        wanted = {c.name: "VARCHAR" if c.type == "JSON" else c.type for c in table.columns}
        assert written == wanted

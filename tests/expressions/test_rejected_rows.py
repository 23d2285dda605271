"""Rejected rows of an earlier run: those of customers with new rows are left out."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import ibis
import pytest

from segdb.expressions.rejected_rows import untouched_rejects
from segdb.expressions.validate import UNREADABLE
from segdb.source_schema import ColumnReading, Reading
from segdb.sql import to_sql

SQL_TYPES = {"string": "VARCHAR", "int64": "BIGINT"}
REJECTED = ibis.table({"source": "string", "reason": "string", "row": "json"}, name="rejected")


def stay(column: str, kind: str, ids: list[object], touched: list[object], **reading: bool) -> str:
    """Return, joined, the reasons of the rows that stay: row n has the n-th id and reason n."""
    raw = ibis.table({column: kind}, name="raw")
    text, sql_type = kind == "string", SQL_TYPES[kind]
    own = replace(
        Reading((ColumnReading(column, "text" if text else "native"),), {"customer_id": column}),
        **reading,  # type: ignore[arg-type]
    )
    key = ibis.table({"customer_id": kind}, name="touched")
    sql = to_sql(untouched_rejects(REJECTED, "orders", raw, own, key))
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE rejected (source VARCHAR, reason VARCHAR, row JSON)")
        for n, value in enumerate(ids):
            connection.execute(
                f"INSERT INTO rejected SELECT 'orders', ?, json_object(?, ?::{sql_type}, 'n', 1)",
                [str(n), column, value],
            ).fetchall()
        connection.execute("INSERT INTO rejected VALUES ('customers', 'x', '{}')").fetchall()
        connection.execute("INSERT INTO rejected VALUES ('orders', ?, '\"y\"')", [UNREADABLE])
        connection.execute(f"CREATE TABLE touched (customer_id {sql_type})").fetchall()
        for value in touched:
            connection.execute("INSERT INTO touched VALUES (?)", [value]).fetchall()
        rows = connection.execute(f"SELECT reason FROM ({sql}) AS s ORDER BY 1").fetchall()
    return "".join(row[0] for row in rows)


@pytest.mark.parametrize("column", ["client", "a/b~c", 'it is "quoted"', "reason", "row", "$.x"])
def test_rows_of_touched_customers_are_left_out(column: str) -> None:
    assert stay(column, "string", ["a", "b", None, "c"], ["b"]) == "023"
    assert stay(column, "string", ["a", "b", None, "c"], ["b", None]) == "03"


@pytest.mark.parametrize(("kind", "ids"), [("int64", [1, 2, None]), ("string", ["1", "2", None])])
def test_ids_of_any_type_are_read_again(kind: str, ids: list[object]) -> None:
    assert stay("client", kind, ids, [ids[0]]) == "12"
    assert stay("client", kind, ids, [None]) == "01"


def test_ids_are_compared_as_they_are_read() -> None:
    assert stay("client", "string", [" A@x ", "b@x"], ["a@x"], fold_ids=True) == "1"
    assert stay("client", "string", ["17.0", "18"], ["17"], whole_ids=True) == "1"

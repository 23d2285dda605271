"""Numerals: both decimal marks in one column, percent signs, and digits of other scripts."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import ibis
import pyarrow as pa
import pytest

from segdb.expressions.parse_text import settled, tried
from segdb.source_schema import ColumnReading
from segdb.sql import to_sql


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def read(
    connection: duckdb.DuckDBPyConnection, column: ColumnReading, *values: str
) -> list[float | None]:
    connection.register("raw", pa.table({"v": values}))
    table = ibis.table({"v": "string"}, name="raw")
    rows = table.select(raw=table.v, v=tried(table.v, column)).view()
    sql = to_sql(rows.select(v=settled(rows.v, rows.raw, column, ())))
    return [row[0] for row in connection.execute(sql).fetchall()]


CLEAR = ColumnReading("v", "number", mixed="clear")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1.234,56", 1234.56), ("1,234.56", 1234.56), ("12,5", 12.5), ("12.5", 12.5),
        ("0,125", 0.125), ("1,2345", 1.2345), ("1.234.567", 1234567), ("-1.234,5 €", -1234.5),
        ("1,234", None), ("1.234", None), ("-12,345 €", None), ("999.999", None), ("7", 7),
    ],
)  # fmt: skip
def test_both_marks_where_a_value_says_which(
    connection: duckdb.DuckDBPyConnection, written: str, number: float | None
) -> None:
    assert read(connection, CLEAR, written) == [number]


@pytest.mark.parametrize(("mark", "number"), [(".", 1234), (",", 1.234)])
def test_the_setting_decides_what_could_be_either(
    connection: duckdb.DuckDBPyConnection, mark: str, number: float
) -> None:
    column = ColumnReading("v", "number", "," if mark == "," else ".", mixed="decimal")
    assert read(connection, column, "1,234", "5,5", "5.5") == [number, 5.5, 5.5]


def test_a_percentage_is_a_number_or_none(connection: duckdb.DuckDBPyConnection) -> None:
    assert read(connection, ColumnReading("v", "number"), "7%", "7 %") == [7, 7]
    bare = ColumnReading("v", "number", percent=False)
    assert read(connection, bare, "7%", "7 %", "7 €") == [None, None, 7]


@pytest.mark.parametrize(
    ("written", "number"),
    [("٢٦٠٫١٩", 260.19), ("١٬٢٣٤٫٥", 1234.5), ("۱۲۳", 123), ("१२.५", 12.5), ("１２．５", 12.5)],
)
def test_digits_of_other_scripts(
    connection: duckdb.DuckDBPyConnection, written: str, number: float
) -> None:
    assert read(connection, ColumnReading("v", "number", any_digits=True), written) == [number]
    assert read(connection, ColumnReading("v", "number"), written) == [None]

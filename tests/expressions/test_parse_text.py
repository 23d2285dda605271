"""Text: casts that never fail, of numbers and moments as people write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdb.expressions.parse_text import settled, stripped, tried
from segdb.source_schema import ColumnReading, Kind
from segdb.sql import to_sql
from tests.depth import examples

MARKS = Literal[".", ","]


@pytest.fixture(scope="module", autouse=True)
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        # What is read must not depend on where it is read.
        opened.execute("SET TimeZone = 'America/New_York'").fetchall()
        yield opened


def column(
    connection: duckdb.DuckDBPyConnection,
    values: list[Any],
    kind: Kind,
    decimal: MARKS = ".",
    formats: tuple[str, ...] = (),
    null_values: tuple[str, ...] = ("", "NA"),
    *,
    quick: bool = False,
) -> list[Any]:
    connection.register("raw", pa.table({"v": values}))
    table = ibis.table({"v": "string"}, name="raw")
    reading = ColumnReading("v", kind, decimal, formats)
    rows = table.select(raw=table.v, v=tried(table.v, reading, quick=quick)).view()
    sql = to_sql(rows.select(v=settled(rows.v, rows.raw, reading, null_values)))
    return [row[0] for row in connection.execute(sql).fetchall()]


NUMBERS: list[tuple[str, float | None, float | None]] = [
    ("1", 1, 1),
    (" 7 ", 7, 7),
    ("1,234.50", 1234.5, None),
    ("1.234,50", None, 1234.5),
    ("1,234", 1234, 1.234),
    ("1.234", 1.234, 1234),
    ("1,25", None, 1.25),
    ("0,125", None, 0.125),
    ("0.125", 0.125, None),
    ("1,23,456.5", 123456.5, None),
    ("1,2,345", None, None),
    ("1,234,5", None, None),
    ("1 234,5", None, 1234.5),
    ("1\u202f234,5 €", None, 1234.5),
    ("1'234.5", 1234.5, None),
    ("(12.50)", -12.5, None),
    ("(12.50) €", -12.5, None),
    ("$(12.50)", -12.5, None),
    ("-£12.50", -12.5, None),
    ("£-12.50", -12.5, None),
    ("5-", -5, -5),
    ("−7", -7, -7),
    ("+7", 7, 7),
    ("EUR 12", 12, 12),
    ("12 EUR", 12, 12),
    ("US$5", 5, 5),
    ("R$ 1.234,56", None, 1234.56),
    ("kr 5", 5, 5),
    ("12%", 12, 12),
    ("1e3", 1000, 1000),
    ("-1e-5", -1e-05, -1e-05),
    ("1e400", None, None),
    ("NaN", None, None),
    ("inf", None, None),
    ("-infinity", None, None),
    ("ABC123", None, None),
    ("12 pieces", None, None),
    ("12 kg", None, None),
    ("--5", None, None),
    ("+-5", None, None),
    ("-5-", None, None),
    ("(-5)", None, None),
    ("-(5)", None, None),
    ("(5", None, None),
    ("5)", None, None),
    ("5,-", None, None),
    ("5.-", None, None),
    ("1_000", None, None),
    ("0x10", None, None),
    ("1/2", None, None),
    ("1 234,567", None, 1234.567),
    ("12,34,567", 1234567, None),
    ("1\u2009234", 1234, 1234),
    ("1.5E+03", 1500, None),
    (".5", 0.5, None),
    ("５", None, None),
    ("1.2.3", None, None),
    ("", None, None),
    ("NA", None, None),
    ("-", None, None),
]


@pytest.mark.parametrize(("written", "point", "comma"), NUMBERS)
def test_numbers(
    connection: duckdb.DuckDBPyConnection,
    written: str,
    point: float | None,
    comma: float | None,
) -> None:
    assert column(connection, [written], "number", ".") == [point]
    assert column(connection, [written], "number", ",") == [comma]


@settings(max_examples=examples(150), deadline=None)
@given(
    st.decimals(-(10**9), 10**9, places=2, allow_nan=False),
    st.sampled_from([(".", ","), (",", "."), (".", " "), (",", "\u00a0"), (".", "'"), (",", "")]),
    st.sampled_from(["{}", "{} €", "${}", "{} USD", " {} "]),
    st.booleans(),
)
def test_a_number_written_in_any_locale_comes_back(
    connection: duckdb.DuckDBPyConnection,
    number: Decimal,
    marks: tuple[MARKS, str],
    around: str,
    accounting: bool,
) -> None:
    decimal, grouping = marks
    digits = f"{abs(number):,.2f}".translate({ord(","): grouping, ord("."): decimal})
    signed = f"({digits})" if accounting else f"-{digits}"
    written = around.format(signed if number < 0 else digits)
    assert column(connection, [written], "number", decimal) == [float(number)]


def test_null_values_are_missing_whatever_they_hold(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    tokens = ("", "-999", "1900-01-01", "none")
    assert column(connection, ["-999", " 5"], "number", null_values=tokens) == [None, 5]
    assert column(connection, ["1900-01-01"], "timestamp", null_values=tokens) == [None]
    assert column(connection, [" none ", " x "], "text", null_values=tokens) == [None, "x"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-01-31", datetime(2026, 1, 31)),
        ("2026/1/31", datetime(2026, 1, 31)),
        ("2026-01-31 10:11", datetime(2026, 1, 31, 10, 11)),
        ("2026-01-31T10:11:12.5", datetime(2026, 1, 31, 10, 11, 12, 500_000)),
        ("2026-01-31T10:11:12Z", datetime(2026, 1, 31, 10, 11, 12)),
        ("2026-01-31 10:11:12 UTC", datetime(2026, 1, 31, 10, 11, 12)),
        ("2026-01-31 10:11:12+02:00", datetime(2026, 1, 31, 10, 11, 12)),
        ("2026-01-31 10:11:12.5-0530", datetime(2026, 1, 31, 10, 11, 12, 500_000)),
        ("2026-01-31T10:11+02", datetime(2026, 1, 31, 10, 11)),
        ("2026-01-31 10:11:12 +0200", datetime(2026, 1, 31, 10, 11, 12)),
        ("1970-01-01", datetime(1970, 1, 1)),
        ("epoch", None),
        (" EPOCH ", None),
        ("now", None),
        ("today", None),
        ("yesterday", None),
        ("2026-02-30", None),
        ("infinity", None),
        ("0026-01-31", None),
        ("0026-01-31 00:00:00Z", None),
        ("12345-01-01", None),
        ("31/01/2026", None),
        ("", None),
    ],
)
def test_iso_8601(
    connection: duckdb.DuckDBPyConnection, written: str, read: datetime | None
) -> None:
    assert column(connection, [written], "timestamp") == [read]


def test_formats_are_tried_in_turn(connection: duckdb.DuckDBPyConnection) -> None:
    formats = ("%d/%m/%Y", "%d/%m/%Y %H:%M")
    written = ["3/4/2026", "03/04/2026 10:30", "2026-04-03", "31/02/2026", "03/04/26"]
    read = column(connection, written, "timestamp", formats=formats)
    assert read == [datetime(2026, 4, 3), datetime(2026, 4, 3, 10, 30), None, None, None]


def test_a_format_with_a_zone_keeps_local_time(connection: duckdb.DuckDBPyConnection) -> None:
    written = ["03/04/2026 10:00 +0200", "03/04/2026 10:00 Z"]
    read = column(connection, written, "timestamp", formats=("%d/%m/%Y %H:%M %z",))
    assert read == [datetime(2026, 4, 3, 10)] * 2


@pytest.mark.parametrize(("written", "point", "comma"), NUMBERS)
def test_a_quick_look_reads_fewer_numbers_and_none_otherwise(
    connection: duckdb.DuckDBPyConnection,
    written: str,
    point: float | None,
    comma: float | None,
) -> None:
    assert column(connection, [written], "number", ".", quick=True) in ([point], [None])
    assert column(connection, [written], "number", ",", quick=True) in ([comma], [None])


def test_a_quick_look_reads_digits(connection: duckdb.DuckDBPyConnection) -> None:
    assert column(connection, ["-12.5", "7", "1e3"], "number", quick=True) == [-12.5, 7, 1000]
    assert column(connection, ["-12,5"], "number", ",", quick=True) == [-12.5]
    assert column(connection, ["1,234.5", "(12)", "12 €"], "number", quick=True) == [None] * 3


def test_what_is_stripped_is_text_or_missing(connection: duckdb.DuckDBPyConnection) -> None:
    connection.register("raw", pa.table({"v": [" x\n", "\tNA ", "  ", None, "NAN"]}))
    table = ibis.table({"v": "string"}, name="raw")
    sql = to_sql(table.select(v=stripped(table.v, ("NA",))))
    read = [row[0] for row in connection.execute(sql).fetchall()]
    assert read == ["x", None, None, None, "NAN"]

"""Source: casts that never fail, and raw columns that stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdb.compile import to_sql
from segdb.reading import ColumnReading, Kind, Reading, Role
from segdb.stages.source import COPIES, carried, typed, value

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
) -> list[Any]:
    connection.register("raw", pa.table({"v": values}))
    table = ibis.table({"v": "string"}, name="raw")
    read = value(table, ColumnReading("v", kind, decimal, formats), null_values)
    sql = to_sql(table.select(v=read))
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


@settings(max_examples=150, deadline=None)
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
        ("2026-01-31 10:11:12+02:00", datetime(2026, 1, 31, 8, 11, 12)),
        ("2026-01-31 10:11:12.5-0530", datetime(2026, 1, 31, 15, 41, 12, 500_000)),
        ("2026-02-30", None),
        ("infinity", None),
        ("0026-01-31", None),
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


def test_a_format_with_a_zone_is_taken_to_utc(connection: duckdb.DuckDBPyConnection) -> None:
    read = column(
        connection, ["03/04/2026 10:00 +0200"], "timestamp", formats=("%d/%m/%Y %H:%M %z",)
    )
    assert read == [datetime(2026, 4, 3, 8)]


@pytest.mark.parametrize(
    "name", ["amount", "Amount", "CUSTOMER_ID", "reason", "copies", "amount (source)"]
)
def test_a_raw_column_gives_way_to_a_role(name: str) -> None:
    assert carried(name) == f"{name} (source)"


@given(st.lists(st.sampled_from(["amount", "reason", "x", "Order_ID"]), unique=True), st.data())
def test_no_two_carried_names_are_alike(names: list[str], data: st.DataObject) -> None:
    suffixes = data.draw(st.lists(st.sampled_from(["", " (source)", " (source) (source)"])))
    given_names = {name + suffix for name in names for suffix in suffixes}
    assert len({carried(name) for name in given_names}) == len(given_names)


def rows_of(
    connection: duckdb.DuckDBPyConnection,
    raw: pa.Table,
    schema: dict[str, str],
    roles: dict[Role, str],
    kinds: dict[str, Kind],
) -> tuple[ibis.Schema, list[dict[str, Any]]]:
    connection.register("raw", raw)
    columns = tuple(ColumnReading(name, kinds.get(name, "native")) for name in schema)
    table = ibis.table(schema, name="raw")
    expression = typed(table, Reading(columns, roles, ("", "NA")))
    rows: list[dict[str, Any]] = connection.sql(to_sql(expression)).to_arrow_table().to_pylist()
    return expression.schema(), rows


def test_text_keeps_its_raw_values_and_gets_typed_roles(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    raw = {
        "customer_id": " 007 ", "Invoice": "NA", "when": "2026-01-31", "amount": " 12.50 ",
        "Dept": " toys",
    }  # fmt: skip
    roles: dict[Role, str] = {
        "customer_id": "customer_id", "order_id": "Invoice", "ordered_at": "when",
        "amount": "amount", "category": "Dept",
    }  # fmt: skip
    schema, rows = rows_of(
        connection,
        pa.Table.from_pylist([raw]),
        dict.fromkeys(raw, "string"),
        roles,
        {"when": "timestamp", "amount": "number"},
    )
    assert rows == [
        {
            "customer_id (source)": " 007 ", "Invoice": "NA", "when": "2026-01-31",
            "amount (source)": " 12.50 ", "Dept": " toys",
            "customer_id": "007", "order_id": None, "ordered_at": datetime(2026, 1, 31),
            "amount": Decimal("12.5000"), "category": "toys",
        }
    ]  # fmt: skip
    assert schema["amount"] == ibis.dtype("decimal(18, 4)")
    assert schema["ordered_at"] == ibis.dtype("timestamp(6)")


def test_quantity_times_unit_price_is_the_amount(connection: duckdb.DuckDBPyConnection) -> None:
    raw = pa.table(
        {
            "c": [1.0, 2.5, float("nan"), 4.0, 5.0],
            "at": pa.array([date(2026, 1, 31)] * 5),
            "q": [6, -3, 1, 10**9, None],
            "p": [2.55, 0.1, float("inf"), 1e300, 1.0],
            COPIES: [1, 2, 3, 4, 5],
        }
    )
    roles: dict[Role, str] = {
        "customer_id": "c", "ordered_at": "at", "quantity": "q", "unit_price": "p",
    }  # fmt: skip
    schema = {"c": "float64", "at": "date", "q": "int64", "p": "float64"}
    connection.register("raw", raw)
    table = ibis.table({**schema, COPIES: "int64"}, name="raw")
    reading = Reading(tuple(ColumnReading(name, "native") for name in schema), roles, ())
    rows = connection.sql(to_sql(typed(table, reading))).to_arrow_table().to_pylist()
    # Half an id is none; infinite and overflowing money is unreadable.
    assert [row["customer_id"] for row in rows] == [1, None, None, 4, 5]
    money = [Decimal("15.3000"), Decimal("-0.3000"), None, None, None]
    assert [row["amount"] for row in rows] == money
    assert [row["quantity"] for row in rows] == [6, -3, 1, 1e9, None]
    assert [row["copies"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0]["ordered_at"] == datetime(2026, 1, 31)


def test_native_moments_with_a_zone_are_taken_to_utc(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    moments = pa.array([datetime(2026, 1, 31, 12)], pa.timestamp("us", "UTC"))
    schema, rows = rows_of(
        connection,
        pa.table({"c": ["a"], "at": moments}),
        {"c": "string", "at": "timestamp('UTC')"},
        {"customer_id": "c", "ordered_at": "at"},
        {},
    )
    assert schema["ordered_at"] == ibis.dtype("timestamp(6)")
    assert rows[0]["ordered_at"] == datetime(2026, 1, 31, 12)


def test_native_infinity_is_no_moment(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE OR REPLACE TABLE far AS SELECT 'infinity'::TIMESTAMP AS at")
    table = ibis.table({"at": "timestamp(6)"}, name="far")
    reading = Reading((ColumnReading("at", "native"),), {"ordered_at": "at"}, ())
    sql = to_sql(typed(table, reading).select("ordered_at"))
    assert connection.execute(sql).fetchall() == [(None,)]

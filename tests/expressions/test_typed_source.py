"""Source: casts that never fail, and raw columns that stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdb.expressions.typed_source import COPIES, carried, typed, value, values
from segdb.source_schema import ColumnReading, Kind, Reading, Role
from segdb.sql import to_sql


@pytest.fixture(scope="module", autouse=True)
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        # What is read must not depend on where it is read.
        opened.execute("SET TimeZone = 'America/New_York'").fetchall()
        yield opened


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


ROLES: dict[Role, str] = {
    "customer_id": "who", "order_id": "which", "ordered_at": "when", "quantity": "pieces",
    "unit_price": "price", "category": "kind",
}  # fmt: skip
KINDS: dict[str, Kind] = {"when": "timestamp", "pieces": "number", "price": "number"}


def test_each_text_is_read_once() -> None:
    columns = tuple(ColumnReading(name, KINDS.get(name, "text")) for name in ROLES.values())
    table = ibis.table(dict.fromkeys(ROLES.values(), "string"), name="raw")
    sql = to_sql(typed(table, Reading(columns, ROLES, ("", "NA"))))
    # Once as it is written, and once as it is read; the id's blanks are looked for at both ends.
    assert sql.count('"t0"."pieces" AS DOUBLE') == 1
    assert sql.count('"t0"."when" AS TIMESTAMP(6)') == 1
    assert sql.count('TRIM("t0"."who"') == 1


@pytest.mark.parametrize("name", list(KINDS))
def test_a_value_by_itself_is_what_the_typed_rows_have(
    connection: duckdb.DuckDBPyConnection, name: str
) -> None:
    texts = ["2026-01-31", " 7 ", "(3.50)", "x", "", "NA", None, "1e400", "infinity", "-0"]
    raw = pa.table({column: pa.array(texts, pa.string()) for column in ROLES.values()})
    connection.register("raw", raw)
    columns = tuple(ColumnReading(column, KINDS.get(column, "text")) for column in raw.column_names)
    table = ibis.table(dict.fromkeys(raw.column_names, "string"), name="raw")
    reading = Reading(columns, ROLES, ("", "NA"))
    alone = value(table, reading.column(name), reading.null_values)
    role = {"when": "ordered_at", "pieces": "quantity"}.get(name)
    rows = typed(table, reading)
    beside = rows[role] if role else rows.amount
    read = [
        connection.execute(to_sql(one)).fetchall()
        for one in (table.select(v=alone), rows.select(v=beside))
    ]
    if role:
        assert read[0] == read[1]
    else:
        assert [row == (None,) for row in read[0]] == [row == (None,) for row in read[1]]


def test_values_of_a_table_are_those_of_each_column(connection: duckdb.DuckDBPyConnection) -> None:
    raw = pa.table(
        {
            # A point or comma before one digit is no mark of thousands.
            "at": ["2026-01-31 EST", "05.02.2026", "x", None],
            "amount": ["1.5", "2,5", "NA", "7"],
            "amount (source)": ["9", "9", "9", "9"],
            "n": pa.array([1, 118, None, 3], pa.int64()),
        }
    )
    connection.register("raw", raw)
    table = ibis.table(ibis.Schema.from_pyarrow(raw.schema), name="raw")
    columns = {
        "iso": ColumnReading("at", "timestamp"),
        "day": ColumnReading("at", "timestamp", formats=("%d.%m.%Y",), zone_names=True),
        # Called as another raw column.
        "at": ColumnReading("amount", "number"),
        "comma": ColumnReading("amount", "number", decimal=","),
        "n": ColumnReading("n", "native", null_values=("118",)),
    }
    query = to_sql(values(table, columns, ("", "NA"), {"text": table["at"]}), pretty=False)
    expected = [
        (None, None, 1.5, None, 1, "2026-01-31 EST"),
        (None, datetime(2026, 2, 5), None, 2.5, None, "05.02.2026"),
        (None, None, None, None, None, "x"),
        (None, None, 7.0, 7.0, 3, None),
    ]
    order = 'iso, day, "at", comma, n, text'
    found = connection.execute(f"SELECT {order} FROM ({query})").fetchall()
    assert sorted(found, key=repr) == sorted(expected, key=repr)

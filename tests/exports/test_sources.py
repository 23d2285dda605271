"""Sources of exported SQL: what the engine reads is what segdb read."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import duckdb
import ibis
import pytest

from segdb.errors import SettingsError
from segdb.exports.dialects import DIALECTS, dialect
from segdb.exports.sources import reads_from, typed_table
from segdb.exports.sql_export import Origin, export
from segdb.exports.transpile import to_dialect
from segdb.source_schema import ColumnReading, Reading
from tests.test_golden import MODEL, RAW, RECIPE

READING = Reading(
    (
        ColumnReading("id", "text"),
        ColumnReading("when", "timestamp"),
        ColumnReading("paid", "number"),
    ),
    {"customer_id": "id", "ordered_at": "when", "amount": "paid"},
)
RAW_TEXT = ibis.table({"id": "string", "when": "string", "paid": "string"}, name="orders")


def test_a_number_that_stands_for_a_missing_one_is_missing_elsewhere_too() -> None:
    reading = replace(READING, null_values=("", "NA", "-999", "0.5"))
    read = typed_table(RAW_TEXT, reading, None, dialect("sqlite"))
    sql = to_dialect("orders_read", read.expression, dialect("sqlite"))
    with sqlite3.connect(":memory:") as connection:
        connection.execute('CREATE TABLE orders (id TEXT, "when" TEXT, paid TEXT)')
        for paid in ("-999", "-999.0", "0.5", "999", "3"):
            connection.execute("INSERT INTO orders VALUES ('a', '2026-01-02 03:04:05', ?)", [paid])
        rows = connection.execute(sql).fetchall()
    assert [row[2] for row in rows] == [None, None, None, 999.0, 3.0]
    assert {column.kind for column in read.reading.columns} == {"text", "native"}


@pytest.mark.parametrize("name", DIALECTS)
def test_the_users_table_takes_the_place_of_the_source(name: str) -> None:
    sql = reads_from('SELECT "t0"."a" FROM "orders" AS "t0"', "shop.sales", dialect("duckdb"))
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA shop").fetchall()
        connection.execute("CREATE TABLE shop.sales AS SELECT 7 AS a").fetchall()
        assert connection.execute(sql).fetchall() == [(7,)]
    for wrong in ("sales; DROP TABLE x", "", "f(1)"):
        with pytest.raises(SettingsError, match="is no name of a table"):
            reads_from('SELECT "t0"."a" FROM "orders" AS "t0"', wrong, dialect(name))


def test_customers_get_the_type_that_the_orders_ids_are_read_as() -> None:
    # Where some are missing, pandas writes whole numbers as DOUBLE.
    assert set(RAW) == {"orders", "customers"}, "the golden run has both"
    key = RECIPE.readings["orders"].roles["customer_id"]
    schema = {**dict(RAW["orders"].schema()), key: "float64"}
    raw = {**RAW, "orders": ibis.table(schema, name=RAW["orders"].get_name())}
    origins = {name: Origin(table, None, name) for name, table in raw.items()}
    own = RECIPE.readings["customers"].roles["customer_id"]
    texts = {**dict(RAW["customers"].schema()), own: "string"}
    origins["customers"] = Origin(ibis.table(texts, name="customers"), None, "customers")
    made = export(1, RECIPE, MODEL, origins, dialect("duckdb"))
    assert f'CAST("t0"."{own}" AS BIGINT)' in made.stages["customers_read"]

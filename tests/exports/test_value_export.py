"""Customer value as exported SQL: run on SQLite and PostgreSQL, and parsed in every dialect."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlglot

import segdb
from segdb.engines.duckdb.database import DuckDB
from segdb.errors import UserError
from segdb.exports.dialects import DIALECTS
from segdb.steps.use.export_sql import ExportTarget, compile_run
from tests.exports.engines import load_postgres, load_sqlite
from tests.postgres_server import postgres
from tests.steps.value.test_customers import SETTINGS, planted

__all__ = ["postgres"]

Values = dict[Any, tuple[float, float, str]]
WANTED = "customer_id, expected_value, p_alive, expected_next_order_at"


@pytest.fixture(scope="module")
def run() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.register("given", planted(800))
        connection.execute(
            "CREATE TABLE orders AS SELECT id, moment::TIMESTAMP AS moment, paid FROM given"
        )
        segdb.run("orders", database=connection, settings=SETTINGS)
        yield connection


@pytest.fixture(scope="module")
def sources(run: duckdb.DuckDBPyConnection) -> dict[str, pa.Table]:
    return {
        "orders": run.sql("FROM orders").to_arrow_table(),
        "value_nodes": run.sql("FROM segdb.value_nodes").to_arrow_table(),
    }


def compiled(run: duckdb.DuckDBPyConnection, dialect: str) -> str:
    target = ExportTarget(dialect=dialect, orders="orders")
    return compile_run(DuckDB(run), "segdb", target, "customer_value")


def published(run: duckdb.DuckDBPyConnection) -> Values:
    return by_customer(run.sql(f"SELECT {WANTED} FROM segdb.customer_value").fetchall())


def by_customer(rows: list[tuple[Any, ...]]) -> Values:
    return {row[0]: (row[1], row[2], str(row[3])[:10]) for row in rows}


def check(found: Values, wanted: Values) -> None:
    assert set(found) == set(wanted)
    for customer, (value, alive, by) in wanted.items():
        assert found[customer][0] == pytest.approx(value, rel=1e-9)
        assert found[customer][1] == pytest.approx(alive, rel=1e-9)
        assert found[customer][2] == by


def test_sqlite(run: duckdb.DuckDBPyConnection, sources: dict[str, pa.Table]) -> None:
    with sqlite3.connect(":memory:") as connection:
        for name, table in sources.items():
            load_sqlite(connection, name, table)
        rows = connection.execute(f"SELECT {WANTED} FROM ({compiled(run, 'sqlite')})").fetchall()
    check(by_customer(rows), published(run))


def test_postgres(
    run: duckdb.DuckDBPyConnection, sources: dict[str, pa.Table], postgres: Any
) -> None:
    for name, table in sources.items():
        load_postgres(postgres, name, table)
    sql = f"SELECT {WANTED} FROM ({compiled(run, 'postgres')}) AS v"
    rows = postgres.execute(sql).fetchall()
    for name in sources:
        postgres.execute(f"DROP TABLE {name}")
    check(by_customer(rows), published(run))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_is_parsed(run: duckdb.DuckDBPyConnection, dialect: str) -> None:
    sql = compiled(run, dialect)
    assert sqlglot.parse_one(sql, read=DIALECTS[dialect].compiler) is not None
    assert "Reads value_nodes" in sql


def test_without_a_value_model_it_says_so() -> None:
    with duckdb.connect() as connection:
        connection.register("given", planted(200))
        connection.execute("CREATE TABLE orders AS FROM given")
        segdb.run("orders", database=connection, settings=SETTINGS)
        with pytest.raises(UserError, match="learned no customer value"):
            compiled(connection, "duckdb")

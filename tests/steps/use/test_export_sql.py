"""A run of the database as SQL, and as a dbt package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot

import segdb
from segdb.engines.duckdb.database import DuckDB
from segdb.errors import SettingsError, UserError
from segdb.exports.dialects import DIALECTS
from segdb.steps.use.export_sql import ExportTarget, compile_run, write_dbt
from tests.steps import shops


@pytest.fixture(scope="module")
def store() -> Iterator[DuckDB]:
    with shops.opened() as connection:
        reject = {"strange": "total > 1e6 OR department = '{{ no }}'"}
        settings = shops.settings("both", clean={"reject": reject}, features=shops.ALL_FEATURES)
        segdb.run("shop", "people", database=connection, settings=settings)
        segdb.run("shop", "people", database=connection, settings=settings)
        yield DuckDB(connection)


@pytest.mark.parametrize("name", DIALECTS)
def test_one_statement_with_a_comment_a_stage(store: DuckDB, name: str) -> None:
    sql = compile_run(store, "segdb", ExportTarget(None, name, "sales.lines", "people"))
    tree = sqlglot.parse_one(sql, read={"mssql": "tsql"}.get(name, name))
    parts = [cte.alias for cte in tree.find_all(sqlglot.exp.CTE, bfs=True)]
    parts = [part for part in parts if not part.startswith("t")]
    assert parts[:2] == ["orders_read", "customers_read"]
    assert parts[-3:] == ["scaled", "assigned", "segments"]
    assert sql.count("\n-- ") >= len(parts)
    read = {table.sql() for table in tree.find_all(sqlglot.exp.Table)} - set(parts)
    assert any("sales.lines" in table for table in read)
    assert ("do not run" in sql) == (not DIALECTS[name].run)


def test_a_stage_by_name(store: DuckDB) -> None:
    sql = compile_run(store, "segdb", ExportTarget(), "capped")
    assert "CASE" in sql
    assert "WITH" not in sql
    with pytest.raises(SettingsError, match="Did you mean 'capped'"):
        compile_run(store, "segdb", ExportTarget(), "caped")


def test_without_names_duckdb_gives_the_published_segments(store: DuckDB) -> None:
    # A run that kept no way back to its source reads these instead.
    store.execute("CREATE OR REPLACE VIEW orders AS FROM shop")
    store.execute("CREATE OR REPLACE VIEW customers AS FROM people")
    columns = "customer_id, segment_id, segment, run_id"
    sql = compile_run(store, "segdb", ExportTarget())
    again = store.fetch(f"SELECT {columns} FROM ({sql}) ORDER BY ALL")
    assert again == store.fetch(f"SELECT {columns} FROM segdb.segments ORDER BY ALL")


def test_an_earlier_run(store: DuckDB) -> None:
    assert "run 1," in compile_run(store, "segdb", ExportTarget(1))
    with pytest.raises(UserError, match=r"There is no run 7\. There is: 1, 2"):
        compile_run(store, "segdb", ExportTarget(7))


def test_a_source_that_the_run_did_not_have() -> None:
    with shops.opened() as connection:
        segdb.run("shop", database=connection, settings=shops.settings("orders"))
        with pytest.raises(SettingsError, match="without customers"):
            compile_run(DuckDB(connection), "segdb", ExportTarget(customers="people"))


def test_what_is_no_table(store: DuckDB) -> None:
    with pytest.raises(SettingsError, match="no name of a table"):
        compile_run(store, "segdb", ExportTarget(None, "postgres", "DROP TABLE x; --"))


def test_a_package_is_of_the_published_run(store: DuckDB, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"segdb\.rollback\(1\)"):
        write_dbt(store, "segdb", tmp_path / "package", ExportTarget(1))
    written = write_dbt(
        store, "segdb", tmp_path / "package", ExportTarget(orders="shop", customers="people")
    )
    assert tmp_path / "package" / "models" / "marts" / "segments.sql" in written
    clean = (tmp_path / "package" / "models" / "stages" / "segdb_orders_clean.sql").read_text()
    assert "'{{ '{' }}{ no }}'" in clean

"""The store: opening, locks, what a transaction leaves, and types that come back."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.errors import LockedError, PublishError, SourceError, UserError

HOLDER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
connection.close()
"""


@contextmanager
def held(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the database until the block ends, or its stdin is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.stdin.close()
        process.wait(timeout=20)
        process.stdout.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


@pytest.fixture
def store(path: Path) -> Iterator[DuckDB]:
    store = DuckDB.open(path)
    yield store
    store.close()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_lock_names_the_process_that_holds_it(path: Path, *, read_only: bool) -> None:
    DuckDB.open(path).close()
    with held(path) as process, pytest.raises(LockedError) as caught:
        DuckDB.open(path, read_only=read_only)
    assert caught.value.exit_code == 3
    assert f"process {process.pid}" in str(caught.value)
    assert str(path) in str(caught.value)
    assert "wait=SECONDS" in str(caught.value)


def test_a_lock_that_goes_away_is_waited_for(path: Path) -> None:
    DuckDB.open(path).close()
    with held(path) as process:
        assert process.stdin is not None
        timer = threading.Timer(0.5, process.stdin.close)
        timer.start()
        DuckDB.open(path, wait=20).close()
        timer.join()


def test_a_lock_that_stays_is_not_waited_for_forever(path: Path) -> None:
    DuckDB.open(path).close()
    begun = time.monotonic()
    with held(path), pytest.raises(LockedError):
        DuckDB.open(path, wait=0.3)
    assert time.monotonic() - begun >= 0.3


def test_the_word_lock_in_a_path_is_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "locked away.duckdb"
    path.write_bytes(b"no database")
    with pytest.raises(SourceError, match="is not a DuckDB database"):
        DuckDB.open(path)


def test_a_file_that_is_no_database_is_refused_and_kept(path: Path) -> None:
    path.write_text("customer_id,amount\n1,2\n" * 1000)
    with pytest.raises(SourceError, match="not a DuckDB database") as caught:
        DuckDB.open(path)
    assert "[publish] database" in str(caught.value)
    assert path.read_text().startswith("customer_id")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    parent = tmp_path / "file"
    parent.write_text("")
    for path in (parent / "a.duckdb", parent / "deeper" / "a.duckdb"):
        with pytest.raises(SourceError, match="cannot be used") as caught:
            DuckDB.open(path)
        assert str(path.parent) in str(caught.value)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder"):
        DuckDB.open(tmp_path)


def test_reading_makes_no_database(path: Path) -> None:
    with pytest.raises(SourceError, match="There is no database"):
        DuckDB.open(path, read_only=True)
    assert not path.exists()


def test_the_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "it's 'here'" / "a.duckdb"
    store = DuckDB.open(path)
    assert path.is_file()
    store.close()


def test_a_new_file_can_be_read_by_the_oldest_engine_that_is_promised(store: DuckDB) -> None:
    version = "SELECT tags['storage_version'] AS v FROM duckdb_databases() WHERE path IS NOT NULL"
    assert store.rows(version)[0]["v"].startswith("v1.5.")


def test_one_process_may_open_a_file_twice(store: DuckDB, path: Path) -> None:
    store.execute("CREATE TABLE t AS SELECT 1 AS a")
    other = DuckDB.open(path)
    assert other.rows("SELECT a FROM t") == [{"a": 1}]
    other.close()
    with duckdb.connect(str(path)) as plain:
        assert plain.execute("SELECT a FROM t").fetchall() == [(1,)]


def test_reading_what_this_process_writes_says_so(
    store: DuckDB,  # noqa: ARG001 - it holds the file
    path: Path,
) -> None:
    with pytest.raises(SourceError, match="open in this process"):
        DuckDB.open(path, read_only=True)


def test_names_in_sql_are_no_python_variables(store: DuckDB) -> None:
    frame = pa.table({"a": [1]})
    with pytest.raises(duckdb.CatalogException):
        store.fetch("SELECT * FROM frame")
    assert frame.num_rows == 1


def test_a_connection_that_was_brought_stays_open() -> None:
    with duckdb.connect() as connection:
        DuckDB(connection).close()
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_nothing_intermediate_stays_in_the_file(store: DuckDB, path: Path) -> None:
    store.table("t", "SELECT 1 AS a")
    store.view("v", "SELECT 2 AS a")
    assert store.tables() == []
    store.close()
    again = DuckDB.open(path)
    assert again.tables() == []
    again.close()


@pytest.mark.parametrize("name", ["plain", 'qu"ote', "select", "a b", "😀", "a.b", "x'; DROP"])
def test_views_and_tables_of_any_name_can_be_read_by_ibis(store: DuckDB, name: str) -> None:
    table = store.table(name, "SELECT 1::BIGINT AS a, 'x' AS b")
    assert table.schema() == ibis.schema({"a": "int64", "b": "string"})
    view = store.view(f"{name} view", table.mutate(c=table.a + 1))
    assert store.rows(view) == [{"a": 1, "b": "x", "c": 2}]


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("BIGINT", "int64"),
        ("DECIMAL(18, 4)", "decimal(18, 4)"),
        ("TIMESTAMP", "timestamp(6)"),
        ("TIMESTAMP WITH TIME ZONE", "timestamp('UTC', 6)"),
        ("VARCHAR[]", "array<string>"),
        ("ENUM('a', 'b')", "string"),
        ("STRUCT(a INTEGER)", "struct<a: int32>"),
        ("UUID", "uuid"),
        ("BLOB", "binary"),
    ],
)
def test_types_of_columns(store: DuckDB, sql: str, kind: str) -> None:
    store.execute(f"CREATE TEMP TABLE t (a {sql})")
    assert store.unbound("t", "t").schema()["a"] == ibis.dtype(kind)


def test_a_table_that_the_memory_does_not_hold_is_none(tmp_path: Path) -> None:
    store = DuckDB(duckdb.connect())
    store.execute(f"SET temp_directory = '{tmp_path}'")
    store.execute("CREATE TABLE rows AS SELECT i FROM range(20_000_000) AS r(i)")
    rows = store.unbound("rows", "rows")
    store.execute("SET memory_limit = '200MB'")
    # A list of one group is not spilled.
    assert store.fitting("listed", rows.agg(all=rows.i.collect())) is None
    found = store.fitting("counted", rows.agg(n=rows.i.count()))
    assert found is not None
    assert store.rows(found) == [{"n": 20_000_000}]


def test_a_type_that_ibis_lacks_is_carried(store: DuckDB) -> None:
    store.execute("CREATE TEMP TABLE t (a UNION(n INTEGER, s VARCHAR), b INTEGER)")
    table = store.unbound("t", "t")
    assert table.schema()["a"].is_unknown()
    assert store.fetch(table.select("b")).num_rows == 0


def test_a_transaction_is_all_or_nothing(store: DuckDB) -> None:
    with store.transaction("segdb"):
        store.execute("CREATE TABLE a AS SELECT 1 AS n")
    assert store.tables() == [("main", "a")]

    def fail(reason: BaseException) -> None:
        with store.transaction("segdb"):
            store.execute("CREATE TABLE b AS SELECT 1 AS n")
            store.execute("UPDATE a SET n = 2")
            raise reason

    for reason in (ValueError("mine"), KeyboardInterrupt()):
        with pytest.raises(type(reason)):
            fail(reason)
        assert store.tables() == [("main", "a")]
        assert store.rows("SELECT n FROM a") == [{"n": 1}]


def test_a_failed_statement_is_a_publish_error(store: DuckDB) -> None:
    store.execute("CREATE TABLE a AS SELECT 1 AS n")

    def fail() -> None:
        with store.transaction("segdb"):
            store.execute("DROP TABLE a")
            store.execute("SELECT nowhere")

    with pytest.raises(PublishError, match="are as they were") as caught:
        fail()
    assert "nowhere" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert store.rows("SELECT n FROM a") == [{"n": 1}]


def test_a_failed_commit_is_a_publish_error(store: DuckDB, path: Path) -> None:
    store.execute("CREATE TABLE a AS SELECT 1 AS n")
    other = DuckDB.open(path)
    other.execute("BEGIN TRANSACTION")
    other.execute("UPDATE a SET n = 3")

    def conflict() -> None:
        with store.transaction("segdb"):
            store.execute("UPDATE a SET n = 2")

    with pytest.raises(PublishError):
        conflict()
    other.execute("COMMIT")
    other.close()
    assert store.rows("SELECT n FROM a") == [{"n": 3}]


def test_a_transaction_of_the_caller_is_left_alone() -> None:
    with duckdb.connect() as connection:
        store = DuckDB(connection)
        store.execute("BEGIN TRANSACTION")
        store.execute("CREATE TABLE mine AS SELECT 1 AS n")
        with pytest.raises(UserError, match="transaction of its own"), store.transaction("segdb"):
            pass
        store.execute("COMMIT")
        assert store.tables() == [("main", "mine")]


def test_names_are_found_regardless_of_case(store: DuckDB) -> None:
    store.execute('CREATE SCHEMA "Shop"')
    store.execute('CREATE TABLE "Shop"."Runs" (a INTEGER)')
    assert store.holds("SHOP", "runs")
    assert not store.holds("main", "runs")


def test_a_file_that_was_made_in_vain_goes(tmp_path: Path) -> None:
    path = tmp_path / "new.duckdb"
    store = DuckDB.open(path)
    store.table("only_temporary", "SELECT 1 AS a")
    store.close()
    assert not path.exists()
    store = DuckDB.open(path)
    store.execute("CREATE TABLE kept AS SELECT 1 AS a")
    store.close()
    DuckDB.open(path).close()
    assert path.exists()

"""The database that a run works in: when it has the file open, and how."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from segdb.config.settings import parse
from segdb.engines.duckdb import run_database
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.run_database import RunDatabase
from segdb.errors import LockedError, PublishError, SegdbError, SettingsError, SourceError

OPENS = "import duckdb, sys; duckdb.connect(sys.argv[1], read_only=sys.argv[2] == 'read')"
KEEPS = OPENS.replace("duckdb.connect(", "c = duckdb.connect(") + "; print(1, flush=True); input()"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a").fetchall()
    return path


@pytest.fixture
def store(path: Path) -> Iterator[DuckDB]:
    store = RunDatabase.for_file(path)
    yield store
    store.close()


def opens(path: Path, how: str) -> bool:
    """Whether another process can open the file."""
    command = [sys.executable, "-c", OPENS, str(path), how]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_others_read_and_write_while_nothing_of_the_file_is_needed(
    store: DuckDB, path: Path
) -> None:
    store.table("segdb_x", "SELECT 42 AS x")
    assert opens(path, "read")
    assert opens(path, "write")


def test_others_read_while_it_is_read(store: DuckDB, path: Path) -> None:
    with store.attached():
        assert store.rows("SELECT a FROM t") == [{"a": 1}]
        assert opens(path, "read")
        assert not opens(path, "write")
    assert opens(path, "write")


def test_it_is_written_in_a_block_for_that_alone(store: DuckDB, path: Path) -> None:
    store.table("segdb_x", "SELECT 42 AS x")
    with store.attached():
        with store.attached(write=True), store.transaction("s"):
            store.make_schema("s")
            store.write_table("s", "x", "FROM segdb_x")
            assert not opens(path, "read")
        assert store.rows("FROM s.x") == [{"x": 42}]
        assert opens(path, "read")
    assert not path.with_name("shop.duckdb.wal").exists()
    with pytest.raises(SegdbError, match="not open for writing"):
        store.transaction("s")


def test_what_fails_leaves_the_file_as_it_was(store: DuckDB, path: Path) -> None:
    def fail() -> None:
        with store.attached(write=True), store.transaction("s"):
            store.make_schema("s")
            store.execute("SELECT * FROM nowhere")

    with pytest.raises(PublishError):
        fail()
    with duckdb.connect(str(path)) as connection:
        tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert tables == [("t",)]


def test_a_file_is_made_when_it_is_written_and_by_the_oldest_format(tmp_path: Path) -> None:
    path = tmp_path / "new" / "shop.duckdb"
    store = RunDatabase.for_file(path)
    with store.attached():
        assert store.tables() == []
    with pytest.raises(PublishError), store.attached(write=True), store.transaction("s"):
        store.execute("SELECT * FROM nowhere")
    assert not path.exists()
    with store.attached(write=True):
        version = "SELECT tags['storage_version'] AS v FROM duckdb_databases() WHERE path <> ''"
        assert store.rows(version)[0]["v"].startswith("v1.5.")
        with store.transaction("s"):
            store.make_schema("s")
            store.write_table("s", "x", "SELECT 1 AS x")
    store.close()
    assert [file.name for file in path.parent.iterdir()] == ["shop.duckdb"]


@pytest.mark.parametrize("name", ["memory.duckdb", "temp.duckdb", "it's a.b.duckdb", "segdb.db"])
def test_a_file_of_any_name_is_attached(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a").fetchall()
    store = RunDatabase.for_file(path)
    with store.attached():
        assert store.holds("main", "t")
        assert store.rows("SELECT a FROM main.t") == [{"a": 1}]
    store.close()


@pytest.mark.parametrize("schema", ["shop", "SHOP", "temp", "system"])
def test_a_schema_called_like_the_file_is_refused(
    tmp_path: Path, store: DuckDB, schema: str
) -> None:
    fresh = RunDatabase.for_file(tmp_path / "new" / "shop.duckdb")
    for each in (store, fresh):
        with pytest.raises(SettingsError, match="could not tell"):
            each.refuse_schema(schema)
        each.refuse_schema("segdb")
        each.refuse_schema("memory")
    fresh.close()


def test_readers_who_stay_are_waited_for(
    store: DuckDB, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", KEEPS, str(path), "read"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        monkeypatch.setattr(store, "_wait", 0.2)
        with pytest.raises(LockedError, match=f"process {reader.pid}"):
            store.attached(write=True).__enter__()
        monkeypatch.setattr(store, "_wait", 30)
        timer = threading.Timer(0.3, reader.kill)
        timer.start()
        with store.attached(write=True):
            timer.join()


def test_who_writes_it_is_in_the_way_from_the_first_moment(path: Path) -> None:
    command = [sys.executable, "-c", KEEPS, str(path), "write"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(LockedError, match=f"process {writer.pid}"):
            RunDatabase.for_file(path)
        writer.kill()
    RunDatabase.for_file(path).close()


def test_a_file_that_this_process_has_open_is_worked_in_itself(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        store = RunDatabase.for_file(path)
        assert not isinstance(store, RunDatabase)
        with store.attached(write=True), store.transaction("s"):
            store.make_schema("s")
            store.write_table("s", "x", "SELECT 1 AS x")
        assert connection.execute("FROM s.x").fetchall() == [(1,)]
        store.close()


def test_limits_are_those_of_the_settings_and_files_for_what_does_not_fit_lie_beside(
    path: Path,
) -> None:
    asked = "SELECT current_setting('threads') AS n, current_setting('temp_directory') AS folder"
    store = RunDatabase.for_file(path, engine=parse({"engine": {"threads": 3}}).engine)
    assert store.rows(asked) == [{"n": 3, "folder": f"{path}.tmp"}]
    store.close()
    chosen = parse({"engine": {"temp_directory": str(path.parent / "x")}}).engine
    store = RunDatabase.for_file(path, engine=chosen)
    assert store.rows(asked)[0]["folder"] == str(path.parent / "x")
    store.close()


def test_locked_it_reads_and_writes_its_own_file_and_no_other(store: DuckDB, path: Path) -> None:
    (path.parent / "other.csv").write_text("a\n1\n")
    store.lock()
    with store.attached(write=True), store.transaction("s"):
        store.make_schema("s")
        store.write_table("s", "x", "FROM range(100000) AS r(x)")
    with store.attached():
        assert store.rows("SELECT count(*) AS n FROM s.x") == [{"n": 100_000}]
    with pytest.raises(duckdb.PermissionException):
        store.execute(f"FROM '{path.parent / 'other.csv'}'")


def test_a_macro_that_would_run_for_a_function_of_duckdb_is_refused(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE MACRO sum(x) AS 1").fetchall()
    with pytest.raises(SourceError, match=r"has a macro main\.sum"):
        RunDatabase.for_file(path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_finished_run_waits_for_readers_without_being_told(store: DuckDB) -> None:
    assert isinstance(store, RunDatabase)
    assert store._wait == run_database.PATIENCE

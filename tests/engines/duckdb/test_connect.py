"""What the engine may use is set where segdb opens the database, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from segdb.config.sections import Engine
from segdb.config.settings import parse
from segdb.engines.duckdb.connect import check_place, connect, open_error
from segdb.engines.duckdb.database import DuckDB
from segdb.errors import SettingsError, SourceError

ASKED = "SELECT current_setting('memory_limit') AS memory, current_setting('threads') AS threads"


def test_limits_of_the_settings_hold_on_a_database_that_was_opened(tmp_path: Path) -> None:
    spill = tmp_path / "spill"
    engine = Engine(memory_limit="512MiB", threads=1, temp_directory=str(spill))
    store = DuckDB.open(tmp_path / "x.duckdb", engine=engine)
    assert store.rows(ASKED) == [{"memory": "512.0 MiB", "threads": 1}]
    assert store.rows("SELECT current_setting('temp_directory') AS d") == [{"d": str(spill)}]
    store.close()


def test_what_does_not_fit_goes_to_the_folder(tmp_path: Path) -> None:
    spill = tmp_path / "it's here"
    engine = Engine(memory_limit="64MiB", threads=1, temp_directory=str(spill))
    store = DuckDB.open(tmp_path / "x.duckdb", engine=engine)
    store.execute("CREATE TEMP TABLE big AS SELECT hash(i) AS h, hash(i, 1) AS g FROM "
                  "range(8000000) AS r(i)")  # fmt: skip
    assert any(spill.iterdir())
    store.close()


def test_a_connection_that_was_brought_is_left_as_it_is() -> None:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 3").fetchall()
        assert DuckDB(connection).rows(ASKED)[0]["threads"] == 3


@pytest.mark.parametrize("amount", ["2GB", "500MB", "1.5 GiB", "4TB"])
def test_amounts_of_memory(amount: str) -> None:
    assert parse({"engine": {"memory_limit": amount}}).engine.memory_limit == amount


@pytest.mark.parametrize("amount", ["2", "much", "GB", "-1GB", "2GB; DROP TABLE x", 2])
def test_what_is_no_amount_of_memory(amount: object) -> None:
    with pytest.raises(SettingsError, match='an amount of memory, such as "2GB"'):
        parse({"engine": {"memory_limit": amount}})


def test_a_file_that_is_made_can_be_read_by_the_oldest_release(tmp_path: Path) -> None:
    path = tmp_path / "new" / "x.duckdb"
    check_place(path, existing=False)
    with connect(path, read_only=False) as connection:
        tags = connection.execute("SELECT tags FROM duckdb_databases() WHERE database_name = 'x'")
        assert "v1.5" in str(tags.fetchall())


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder"):
        check_place(tmp_path, existing=False)


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("name", ["orders.csv", "orders.json", "orders.parquet", "notes.txt"])
def test_a_file_of_data_is_no_database(tmp_path: Path, name: str, *, read_only: bool) -> None:
    path = tmp_path / name
    if path.suffix == ".parquet":
        duckdb.execute(f"COPY (SELECT 1 AS a) TO '{path}'").fetchall()
    else:
        path.write_text("a,b\n1,2\n")
    before = path.read_bytes()
    # DuckDB opens some of them as a database in memory, which is gone at its end.
    with pytest.raises(SourceError, match="is not a DuckDB database"):
        DuckDB.open(path, read_only=read_only)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", [":memory:", ":memory:x", "md:shop", "postgres:dbname=shop"])
def test_a_database_that_is_no_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match="is no database file"):
        DuckDB.open(Path(name))
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_needs_more_memory_says_the_setting() -> None:
    said = "Out of Memory Error: failed to allocate data of size 64.0 KiB"
    words = str(open_error(Path("x.duckdb"), duckdb.OutOfMemoryException(said)))
    assert "[engine] memory_limit" in words
    assert "damaged" not in words


def test_no_progress_bar_is_drawn_over_what_the_caller_prints(tmp_path: Path) -> None:
    store = DuckDB.open(tmp_path / "x.duckdb")
    assert store.rows("SELECT current_setting('enable_progress_bar') AS bar") == [{"bar": False}]
    store.close()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('Cannot open file "/x/shop.duckdb": Read-only file system', "Read-only file system"),
        ('Could not write file "/x/shop.duckdb": No space left on device', "No space left"),
    ],
)
def test_a_place_that_takes_nothing_says_where_else(said: str, why: str) -> None:
    told = str(open_error(Path("/x/shop.duckdb"), duckdb.IOException(f"IO Error: {said}")))
    assert told.startswith(f"The database /x/shop.duckdb cannot be written: {why}")
    assert "database=FILE" in told


def test_nothing_is_fetched_or_read_otherwise_than_elsewhere() -> None:
    code = (
        'from segdb.engines.duckdb.database import DuckDB; print(DuckDB.memory().rows("SELECT '
        "current_setting('TimeZone') AS zone, current_setting('autoinstall_known_extensions') AS "
        "fetched, current_setting('python_enable_replacements') AS variables\"))"
    )
    # DuckDB takes the machine's zone, which may be UTC where the tests run.
    environment = {**os.environ, "TZ": "Asia/Tokyo"}
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[{'zone': 'UTC', 'fetched': False, 'variables': False}]"

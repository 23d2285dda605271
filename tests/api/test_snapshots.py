"""Snapshots: readers and publishers do not wait for each other, and each answer is of one run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import segdb
from segdb.api.snapshots import Snapshots
from segdb.errors import BusyError, LockedError, NotPublishedError, UserError
from tests.steps import shops

COUNT = "SELECT count(*) AS n FROM segments"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("snapshots")
    with shops.opened() as connection:
        connection.execute(f"COPY shop TO '{folder / 'shop.parquet'}'").fetchall()
    settings = {**shops.settings("orders"), "cluster": {"k": 3, "n_init": 1}}
    segdb.run(folder / "shop.parquet", database=folder / "a.duckdb", settings=settings).close()
    return folder / "a.duckdb"


@pytest.fixture
def database(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(published, tmp_path / "copy.duckdb"))


@pytest.fixture
def snapshots(database: Path) -> Iterator[Snapshots]:
    made = Snapshots(database, readers=2, seconds=60.0, wait=0.3)
    yield made
    made.close()


def other_process(database: Path) -> subprocess.Popen[str]:
    """Hold a database for writing in another process, until its input ends."""
    code = (
        f"import duckdb; c = duckdb.connect({str(database)!r}); print('open', flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=20)


def test_what_is_published_later_is_read(snapshots: Snapshots, database: Path) -> None:
    with snapshots.reading() as before:
        # No reader keeps the file from a publisher.
        with duckdb.connect(str(database)) as writer:
            writer.execute("DELETE FROM segdb.segments").fetchall()
        assert before.select(COUNT).to_pylist()[0]["n"] > 0
    time.sleep(0.4)
    with snapshots.reading() as after:
        assert after.select(COUNT).to_pylist() == [{"n": 0}]
        assert after.known is not before.known


def test_a_locked_database_is_answered_from_the_last_run(
    snapshots: Snapshots, database: Path
) -> None:
    with snapshots.reading() as snapshot:
        expected = snapshot.select(COUNT)
    process = other_process(database)
    try:
        database.touch()
        time.sleep(0.4)
        with snapshots.reading() as snapshot:
            assert snapshot.select(COUNT) == expected
        fresh = Snapshots(database, wait=0.2)
        with pytest.raises(LockedError, match="held by another process"), fresh.reading():
            pass
    finally:
        end(process)


def test_a_result_that_is_open_beside_it_keeps_its_lock(database: Path) -> None:
    with segdb.open(database) as result:
        made = Snapshots(database)
        with made.reading() as snapshot:
            assert snapshot.result.run_id == result.run_id
        made.close()
        code = f"import duckdb; duckdb.connect({str(database)!r})"
        done = subprocess.run(
            [sys.executable, "-c", code], check=False, capture_output=True, text=True
        )
        assert "lock" in done.stderr


def test_nothing_published(tmp_path: Path) -> None:
    made = Snapshots(tmp_path / "none.duckdb")
    with pytest.raises(NotPublishedError, match="There is no database"), made.reading():
        pass
    duckdb.connect(str(tmp_path / "none.duckdb")).close()
    with pytest.raises(NotPublishedError, match="holds no segments"), made.reading():
        pass


def test_only_so_many_read_at_a_time(snapshots: Snapshots) -> None:
    two = (snapshots.reading(), snapshots.reading())
    with two[0], two[1], pytest.raises(BusyError), snapshots.reading():
        pass
    with snapshots.reading() as snapshot:
        assert snapshot.select(COUNT).num_rows == 1


def test_a_question_is_stopped(database: Path) -> None:
    snapshots = Snapshots(database, seconds=1.0)
    with snapshots.reading() as snapshot:
        with pytest.raises(UserError, match="stopped after 1 seconds"):
            snapshot.select("SELECT count(*) FROM range(100000000000000)")
        with pytest.raises(UserError, match="stopped after 1 seconds"):
            snapshot.select(COUNT)
    with snapshots.reading() as snapshot:
        assert snapshot.select(COUNT).num_rows == 1
    snapshots.close()


def test_rows_are_no_more_than_asked_for(snapshots: Snapshots) -> None:
    with snapshots.reading() as snapshot:
        assert snapshot.select("FROM range(1000000000)", None, 7).num_rows == 7
        assert snapshot.select("FROM range(3)", None, 7).num_rows == 3
        with pytest.raises(UserError, match="larger than 64 MB"):
            snapshot.select("SELECT repeat('x', 90000000) AS s", None, 7)


def test_copies_go(database: Path) -> None:
    made = Snapshots(database)
    with made.reading() as snapshot:
        folder = snapshot.folder
        assert folder.is_dir()
        made.close()
        assert snapshot.select(COUNT).num_rows == 1
    assert not folder.exists()


def test_many_readers(database: Path) -> None:
    made = Snapshots(database, readers=3)
    answers: list[int] = []

    def read() -> None:
        for _ in range(20):
            with made.reading() as snapshot:
                answers.append(snapshot.select(COUNT).to_pylist()[0]["n"])

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made.close()
    assert len(answers) == 120
    assert len(set(answers)) == 1

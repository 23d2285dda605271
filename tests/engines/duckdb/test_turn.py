"""The turn to publish: one at a time, whatever becomes of the one before."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from segdb.engines.duckdb.turn import Turn
from segdb.errors import LockedError, SourceError

HOLDS = """
import sys, pathlib
from segdb.engines.duckdb.turn import Turn
turn = Turn(pathlib.Path(sys.argv[1]), 0)
print("taken", flush=True)
sys.stdin.read()
"""


def test_it_is_one_ones_at_a_time_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    first = Turn(path, 0)
    with pytest.raises(LockedError) as caught:
        Turn(path, 0)
    assert caught.value.exit_code == 3
    first.release()
    first.release()
    Turn(path, 0).release()
    assert list(tmp_path.iterdir()) == []


def test_another_process_is_named_and_its_end_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    command = [sys.executable, "-c", HOLDS, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(LockedError, match=f"process {process.pid}"):
            Turn(path, 0)
        # Killed, it leaves its file, and not its lock.
        timer = threading.Timer(0.3, process.kill)
        timer.start()
        Turn(path, 30).release()
        timer.join()
    assert list(tmp_path.iterdir()) == []


def test_of_many_who_wait_each_has_it_alone(tmp_path: Path) -> None:
    path, inside, most = tmp_path / "shop.duckdb", [], []

    def work() -> None:
        turn = Turn(path, 30)
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.01)
        inside.pop()
        turn.release()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8


def test_one_file_by_two_names_has_one_turn(tmp_path: Path) -> None:
    link = tmp_path / "link.duckdb"
    link.symlink_to(tmp_path / "shop.duckdb")
    turn = Turn(tmp_path / "shop.duckdb", 0)
    with pytest.raises(LockedError):
        Turn(link, 0)
    turn.release()


def test_a_folder_that_takes_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be written"):
        Turn(tmp_path / "not there" / "shop.duckdb", 0)

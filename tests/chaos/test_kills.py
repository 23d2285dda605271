"""SIGKILL at random moments: the database opens, and is as it was before or as it is after.

``SEGDB_CHAOS_KILLS`` says how often each command is killed; 200 times without it.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections import Counter
from pathlib import Path

import duckdb
import pytest

import segdb
from segdb.sql_text import quoted
from tests.chaos.program import started
from tests.steps import shops

KILLS = int(os.environ.get("SEGDB_CHAOS_KILLS", "200"))
SETTINGS = """
[columns]
customer_id = "client"
order_id = "basket"
ordered_at = "bought_at"
amount = "total"
category = "department"
[cluster]
k = 3
n_init = 1
"""
COMMANDS = {
    "run": ("run", "shop", "--no-report"),
    "refresh": ("refresh", "--no-report"),
    "rollback": ("rollback", "1"),
    "compare": ("compare",),
    "score": ("score", "shop"),
}

# Of each table and view: its rows, and the runs that it speaks of.
State = dict[str, tuple[int, tuple[int, ...]]]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that two runs have published to."""
    path = tmp_path_factory.mktemp("chaos") / "base.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(shops.SHOP.format(rows=1200)).fetchall()
        for k in (3, 4):
            chosen = shops.settings("orders", cluster={"k": k, "n_init": 1})
            segdb.run("shop", database=connection, settings=chosen)
    (path.parent / "segdb.toml").write_text(SETTINGS, "utf-8")
    return path


@pytest.mark.parametrize("name", COMMANDS)
def test_a_kill_leaves_the_state_before_or_after(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "killed.duckdb"
    config = ("--config", str(base.parent / "segdb.toml"))
    command = (*COMMANDS[name], *config, "--database", str(path))
    before = state(base)
    after, seconds = finished(base, path, command)
    assert after != before
    draw = random.Random(name)
    ends: Counter[str] = Counter()
    for _ in range(KILLS):
        restored(base, path)
        process = started(command)
        # A little beyond its end, so that the moments around the commit are among them.
        process.join(draw.uniform(0, 1.1 * seconds))
        process.kill()
        process.join()
        found = state(path)
        assert found in (before, after)
        ends["before" if found == before else "after"] += 1
    print(f"{name}: {KILLS} kills within {seconds:.1f} s: {dict(ends)}")  # noqa: T201
    if state(path) == before:
        process = started(command)
        process.join()
        assert process.exitcode == 0
        assert state(path) == after


def restored(base: Path, path: Path) -> None:
    """Put the database back as it was, without the log of a killed process."""
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    shutil.copy(base, path)


def finished(base: Path, path: Path, command: tuple[str, ...]) -> tuple[State, float]:
    """Return the state after the command, and how long it takes; the first one imports."""
    for _ in range(2):
        restored(base, path)
        begun = time.monotonic()
        process = started(command)
        process.join()
        seconds = time.monotonic() - begun
        assert process.exitcode == 0
    return state(path), seconds


def state(path: Path) -> State:
    """Return the rows of every table and view, and the runs they are of; of one run at most."""
    found: State = {}
    with duckdb.connect(str(path)) as connection:
        rows = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema IN ('segdb', 'segdb_kept')"
        ).fetchall()
        for schema, table in rows:
            place = f"{quoted(schema)}.{quoted(table)}"
            counted = connection.execute(f"SELECT count(*) FROM {place}").fetchall()[0][0]
            columns = {row[0] for row in connection.execute(f"DESCRIBE {place}").fetchall()}
            runs: tuple[int, ...] = ()
            if "run_id" in columns:
                sql = f"SELECT DISTINCT run_id FROM {place} ORDER BY run_id"
                runs = tuple(row[0] for row in connection.execute(sql).fetchall())
            found[f"{schema}.{table}"] = (counted, runs)
    last = found["segdb.runs"][1][-1]
    assert found["segdb.segments"][1] == (last,)
    return found

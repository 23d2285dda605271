"""Two runs at once, as two processes: one waits or fails with 3, and the tables are of one run."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

import segdb
from segdb.config.settings import parse
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.publishing.publish import Publication, next_run, publish
from segdb.errors import LockedError
from tests.reading import ask
from tests.steps import shops

SHORT = ("run", "shop.parquet", "--config", "chosen.toml", "--no-report")
# It tries every number of segments, so that it is not over before it is caught.
FIRST = ("run", "shop.parquet", "--config", "auto.toml", "--no-report")


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A segdb process; killed if it is there at the end of the block."""
    command = [sys.executable, "-c", "from segdb.cli import main; main()", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for_its_turn(path: Path, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            if path.with_name(f"{path.name}.lock").read_text() == str(process.pid):
                return
        time.sleep(0.02)
    pytest.fail(f"the run ended before it had its turn: {process.communicate()}")


def test_one_fails_with_3_and_one_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with shops.opened() as connection:
        connection.execute("COPY shop TO 'shop.parquet'").fetchall()
    Path("chosen.toml").write_text(shops.TOML, "utf-8")
    Path("auto.toml").write_text(shops.TOML.replace("k = 3", 'k = "auto"'), "utf-8")
    path = tmp_path / "warehouse.duckdb"
    database = ("--database", str(path))
    with started(*FIRST, *database) as first:
        wait_for_its_turn(path, first)
        # It stops where it is, so that another begins and ends meanwhile.
        first.send_signal(signal.SIGSTOP)
        with (
            started(*SHORT, *database) as second,
            started(*SHORT, *database, "--wait", "300") as third,
        ):
            words = second.communicate(timeout=120)[1]
            assert second.returncode == 3, words
            assert f"process {first.pid}" in words
            assert third.poll() is None, "the third run must wait for the first"
            first.send_signal(signal.SIGCONT)
            assert first.wait(timeout=300) == 0, first.communicate()
            assert third.wait(timeout=300) == 0, third.communicate()
    one_run(path, runs=2)


def one_run(path: Path, runs: int) -> None:
    """Every table is of the last run, and all of them add up."""
    facts = ask(
        path,
        "segdb",
        """
        SELECT
            (SELECT list(run_id ORDER BY run_id) FROM runs) AS runs,
            (SELECT list(DISTINCT run_id) FROM segments) AS published,
            (SELECT list(DISTINCT run_id) FROM segments_live) AS live,
            (SELECT customers FROM runs ORDER BY run_id DESC LIMIT 1) AS customers,
            (SELECT count(*) FROM segments) AS in_segments,
            (SELECT count(*) FROM customer_features) AS in_features,
            (SELECT sum(customers) FROM segment_profiles) AS in_profiles,
            (SELECT count(*) FROM segment_history WHERE valid_to IS NULL) AS in_history,
            (SELECT sum(customers) FROM run_segments
             WHERE run_id = (SELECT max(run_id) FROM runs)) AS in_sizes
        """,
    ).to_pylist()[0]
    assert facts["runs"] == list(range(1, runs + 1))
    assert facts["published"] == facts["live"] == [runs]
    assert {facts[name] for name in facts if name.startswith("in_")} == {facts["customers"]}


def test_a_run_that_was_overtaken_in_this_process_publishes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(shops.SHOP.format(rows=1200)).fetchall()
        settings = parse(shops.settings("orders"))
        segdb.run("shop", database=connection, settings=settings)
        store = DuckDB(connection.cursor())
        late = next_run(store, "segdb")
        segdb.run("shop", database=connection, settings=settings)
        with pytest.raises(LockedError, match="Another connection published run 2"):
            publish(store, "segdb", Publication(late, datetime(2026, 1, 1), [], keep_runs=3))
        store.connection.close()
    one_run(path, runs=2)

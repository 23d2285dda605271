"""Who reads while a run is under way, as processes: always a whole run, seldom a wait."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import segdb
from tests.steps import shops

# Opens the file again and again until its input ends, and says what it found each time.
READS = """
import json, sys, threading, duckdb
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
while not ended.wait(0.01):
    try:
        with duckdb.connect(sys.argv[1], read_only=True) as connection:
            row = connection.execute('''
                SELECT (SELECT max(run_id) FROM segdb.runs),
                    (SELECT list(DISTINCT run_id) FROM segdb.segments),
                    (SELECT count(*) FROM segdb.segments),
                    (SELECT count(*) FROM segdb.customer_features),
                    (SELECT sum(customers)::BIGINT FROM segdb.segment_profiles)
            ''').fetchall()[0]
    except duckdb.IOException as error:
        assert "lock" in str(error), error
        row = None
    print(json.dumps(row), flush=True)
"""
RUN = [sys.executable, "-c", "from segdb.cli import main; main()"]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the orders and a run of them."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(shops.SHOP.format(rows=1200)).fetchall()
    Path("auto.toml").write_text(shops.TOML.replace("k = 3", 'k = "auto"'), "utf-8")
    with segdb.run("shop", database=path, settings=shops.settings("orders")):
        pass
    return path


def test_readers_read_on_and_see_whole_runs(path: Path) -> None:
    reader = subprocess.Popen(
        [sys.executable, "-c", READS, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    run = subprocess.run(
        [*RUN, "run", "shop", "--config", "auto.toml", "--database", str(path)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    lines = reader.communicate()[0].splitlines()
    found = [json.loads(line) for line in lines]
    read = [row for row in found if row is not None]
    for run_id, of, *numbers in read:
        assert of == [run_id]
        assert len(set(numbers)) == 1
    # The run is read as it was while the next one is under way, then that one.
    runs = [row[0] for row in read]
    assert runs == sorted(runs)
    assert set(runs) == {1, 2}
    assert runs.count(1) > 5
    locked = [place for place, row in enumerate(found) if row is None]
    # It is locked for one stretch, in the middle: while the run is published.
    assert len(locked) < 0.5 * len(found)
    assert all(found[place] is None for place in range(locked[0], locked[-1])) if locked else True


def test_a_result_that_is_open_is_in_no_ones_way(path: Path) -> None:
    """Another process publishes, and reads what it published; so may this one."""
    with segdb.open(path) as before:
        assert before.run_id == 1
    with segdb.refresh(database=path) as result:
        done = subprocess.run(
            [*RUN, "refresh", "--no-report", "--database", str(path)],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert result.query("SELECT max(run_id) AS run FROM runs").to_pylist() == [{"run": 3}]
        with duckdb.connect(str(path)) as connection:
            connection.execute("CREATE TABLE mine AS SELECT 1 AS a").fetchall()


def test_a_first_run_that_fails_leaves_no_file(tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("customer_id,ordered_at,amount\n1,2026-01-01,5\n")
    path = tmp_path / "out" / "shop.duckdb"
    with pytest.raises(segdb.SegdbError):
        segdb.run(orders, database=path, settings={"clean": {"reject": {"all": "true"}}})
    assert list(path.parent.iterdir()) == []

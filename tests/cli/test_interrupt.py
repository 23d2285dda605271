"""Ctrl-C while a run works: one line that says truly whether it is published, and 130."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

PROGRAM = "from segdb.cli import main; main()"
ORDERS = """
    SELECT 'c' || hash(i) % 40000 AS customer_id, i AS order_id,
        TIMESTAMP '2024-01-01' + INTERVAL (hash(i + 7) % 700) DAY AS order_date,
        (hash(i + 3) % 100000) / 100.0 AS amount
    FROM range(400000) AS rows(i)
"""


@pytest.mark.parametrize("seconds", [pytest.param(0.1, marks=pytest.mark.slow), 2.0])
def test_a_run_that_is_interrupted_publishes_nothing_and_says_so(
    tmp_path: Path, seconds: float
) -> None:
    database = tmp_path / "shop.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({ORDERS}) TO '{tmp_path / 'big.csv'}' (HEADER)").fetchall()
    # Whoever starts the tests in the background has them ignore it.
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "run", "big.csv", "--database", str(database)],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    signal.signal(signal.SIGINT, usual)
    # From when it has its turn to publish to the database, long before it does.
    end = time.monotonic() + 60
    while not database.with_name("shop.duckdb.lock").exists() and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130, said
    assert "Traceback" not in said
    last = said.strip().splitlines()[-1]
    assert last.startswith("Stopped."), said
    assert "is published" not in last
    if database.exists():
        with duckdb.connect(str(database), read_only=True) as connection:
            there = connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone()
        assert there == (0,)

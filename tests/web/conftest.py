"""A shop with hostile names, published twice; the page of it, and a server of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from flask import Flask
from flask.testing import FlaskClient

import segdb
from segdb.api import web

HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "a/b?c=d&e#f",
    "{{ 7 * 7 }}",
    'O\'Brien "x"',
    "../../etc/passwd",
    "a%2Fb",
)
ROOT = str(Path(__file__).parents[2])
PLAN = "</script><b>pro</b>"
_NAMES = ", ".join("'" + name.replace("'", "''") + "'" for name in HOSTILE)
_CUSTOMERS = f"""
SELECT
    coalesce([{_NAMES}][i], format('C{{:05d}}', i)) AS customer_id,
    CASE i % 3 WHEN 0 THEN 'basic' WHEN 1 THEN '{PLAN}' ELSE '=1+1' END AS plan
FROM range(1, 301) AS numbers(i)
"""
_ORDERS = f"""
WITH customers AS (SELECT customer_id, row_number() OVER () AS i FROM ({_CUSTOMERS}))
SELECT
    customer_id,
    i * 100 + j AS order_id,
    DATE '2024-01-01' + CAST(hash(i, j) % (700 - 2 * (i % 300)) AS INTEGER) AS ordered_at,
    round(5 + hash(i, j, 7) % (20 + 40 * (i % 6)) + 0.25, 2) AS amount
FROM customers, range(1 + CAST(hash(i) % (1 + 3 * (i % 5)) AS BIGINT)) AS orders(j)
"""
SETTINGS = {
    "cluster": {"k": 4, "n_init": 1},
    "features": {"categories": ["plan"]},
    "report": {"currency": "£"},
}


def publish(database: Path, condition: str = "true") -> None:
    """Publish a run of the shop's orders for which a condition holds."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"CREATE OR REPLACE TABLE orders AS {_ORDERS}").fetchall()
        connection.execute(f"CREATE OR REPLACE TABLE customers AS {_CUSTOMERS}").fetchall()
        connection.execute(f"DELETE FROM orders WHERE NOT ({condition})").fetchall()
    segdb.run("orders", customers="customers", database=database, settings=SETTINGS).close()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with two runs."""
    database = tmp_path_factory.mktemp("web") / "shop.duckdb"
    publish(database, "ordered_at < DATE '2025-08-01'")
    publish(database)
    return database


@pytest.fixture(scope="session")
def app(shop: Path) -> Flask:
    """The page of the shop."""
    return web.app(shop)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def csrf(client: FlaskClient, path: str = "/ask") -> str:
    """Return the token of a page's form."""
    match = re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)
    assert match is not None
    return match[1]


class Served:
    """A server process of its own."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=cwd))
        code = "from segdb.cli import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", code, "serve", "--port", "0", "--no-browser", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
            env={**os.environ, "TMPDIR": str(self.folder), "PYTHONPATH": ROOT},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        match = re.search(r"(http://\S+?)/ ", line)
        assert match is not None, (line, self.process.communicate(timeout=10))
        self.url = match[1]

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the text of a page."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def served(shop: Path) -> Iterator[Served]:
    server = Served("--database", str(shop), "--log", cwd=shop.parent)
    try:
        yield server
    finally:
        server.stop()


def eventually(found: object, seconds: float = 10) -> object:
    """Return what a function gives once it is true, or its last answer."""
    until = time.monotonic() + seconds
    while True:
        answer = found()  # type: ignore[operator]
        if answer or time.monotonic() > until:
            return answer
        time.sleep(0.1)

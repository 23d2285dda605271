"""The SQL console: it reads the tables, and there is no way out of it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from segdb.web.app import create_app
from segdb.web.config import WebConfig
from tests.web.conftest import csrf


@pytest.fixture(scope="module")
def quick(shop: Path) -> Flask:
    """The page, where a question may take a second."""
    return create_app(WebConfig(str(shop), seconds=1.0))


def asked(client: FlaskClient, sql: str) -> tuple[int, str]:
    answer = client.post("/ask", data={"sql": sql, "csrf": csrf(client)})
    return answer.status_code, answer.text


def test_a_select_is_answered(client: FlaskClient) -> None:
    status, page = asked(client, "SELECT count(*) AS n, '<b>' AS s FROM segments -- all")
    assert status == 200
    assert "<bdi>300</bdi>" in page
    assert "<bdi>&lt;b&gt;</bdi>" in page


WAYS_OUT = (
    "COPY segments TO '{}'", "COPY (SELECT 1) TO '{}' (FORMAT parquet)",
    "EXPORT DATABASE '{}'", "ATTACH '{}' AS other", "CREATE TABLE t AS SELECT 1",
    "INSERT INTO segments SELECT * FROM segments", "DELETE FROM segments", "DROP TABLE segments",
    "UPDATE segments SET margin = 0", "SET enable_external_access = true",
    "SET memory_limit = '100GB'", "RESET lock_configuration", "INSTALL httpfs", "LOAD httpfs",
    "PRAGMA database_list", "CALL pragma_database_list()", "SELECT 1; SELECT 2", "CHECKPOINT",
    "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('/etc/hostname')",
    "FROM '/etc/passwd'", "SELECT * FROM glob('/*')", "FROM read_blob('/proc/self/environ')",
    "FROM sniff_csv('/etc/passwd')", "FROM parquet_scan('{}')", "FROM read_json('{}')",
    "SELECT getenv('PATH')", "FROM duckdb_secrets()",
    "FROM enable_logging(storage='file', storage_config={{'path': '{}'}})",
    "FROM enable_profiling(save_location='{}')", "FROM query('COPY segments TO ''{}''')",
    "EXECUTE segdb_assign(row := [1])", "PREPARE x AS SELECT 1", "BEGIN", "VACUUM", "USE main",
    "EXPLAIN ANALYZE SELECT 1", "WITH x AS (SELECT 1) INSERT INTO runs SELECT * FROM runs",
    "SELECT * FROM client", "SELECT * FROM view", "", "  ",
)  # fmt: skip


@pytest.mark.parametrize("sql", WAYS_OUT)
def test_there_is_no_way_out(client: FlaskClient, tmp_path: Path, sql: str) -> None:
    target = tmp_path / "out"
    status, page = asked(client, sql.format(target))
    assert status == (400 if sql.strip() else 200)
    assert 'role="alert"' in page
    assert not list(tmp_path.iterdir())
    assert "Traceback" not in page
    assert client.get("/api/v1/healthz").status_code == 200


def test_a_long_question_is_stopped(quick: Flask) -> None:
    client = quick.test_client()
    began = time.monotonic()
    status, page = asked(client, "SELECT count(*) FROM range(10000000000000)")
    assert status == 400
    assert "stopped after 1 seconds" in page
    assert time.monotonic() - began < 5
    assert asked(client, "SELECT 1")[0] == 200


def test_a_huge_answer_is_cut(client: FlaskClient) -> None:
    status, page = asked(client, "FROM range(10000000000)")
    assert status == 200
    assert "The first 500 rows" in page
    status, page = asked(client, "SELECT repeat('x', 500000000) AS s")
    assert status == 400
    assert len(page) < 200_000
    status, page = asked(client, "SELECT repeat('x', 100000) AS s FROM range(2000)")
    assert len(page) < 1_000_000


def test_named_queries_take_texts_as_texts(client: FlaskClient) -> None:
    for value in ("' OR 1=1 --", "%'; DROP TABLE segments; --", "</script>"):
        answer = client.get("/ask/customers", query_string={"segment": value})
        assert answer.status_code == 400
        assert "There is no segment" in answer.text
    assert client.get("/ask/customers?limit=abc").status_code == 400
    assert client.get("/ask/nothing").status_code == 404
    assert client.get("/ask/customers?segment=%25&limit=3").text.count("<tr>") == 4
    csv = client.get("/ask/customers.csv?segment=%25&limit=3").text
    assert len(csv.splitlines()) == 4

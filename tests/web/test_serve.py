"""A server of its own on loopback: it starts, answers beside a publish, and keeps ids to itself."""

from __future__ import annotations

import json
import threading
import urllib.request
from pathlib import Path

import duckdb

from tests.web.conftest import Served, eventually, publish


def test_it_answers_on_loopback(served: Served) -> None:
    status, page = served.get("/")
    assert status == 200
    assert "Customer segments" in page
    body = json.dumps({"frequency": 3}).encode()
    request = urllib.request.Request(
        f"{served.url}/api/v1/assign", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.load(answer)["run_id"] == 2
        assert "Server" not in answer.headers
    served.get("/customers/one?id=C00123")
    served.get("/api/v1/customers/C00123")
    served.process.terminate()
    # Its copy of the database goes with it.
    assert served.process.wait(timeout=20) == 0
    assert not list((served.folder).glob("segdb-*"))
    _, log = served.process.communicate(timeout=20)
    assert "GET /api/v1/customers/<path:customer_id> 200" in log
    assert "C00123" not in log


def test_before_the_first_run_and_beside_the_next(tmp_path: Path) -> None:
    """From nothing to a run, and on through a publish: answers of one run each, and no error."""
    database = tmp_path / "shop.duckdb"
    server = Served("--database", str(database), cwd=tmp_path)
    try:
        status, page = server.get("/")
        assert (status, "No run is published yet" in page) == (409, True)
        assert json.loads(server.get("/api/v1/healthz")[1])["run_id"] is None
        assert server.get("/api/v1/segments")[0] == 409
        with duckdb.connect(str(database)) as connection:
            connection.execute("CREATE TABLE t AS SELECT 1").fetchall()
            # Held by another process, and there is no earlier answer.
            status, text = server.get("/api/v1/segments")
            assert status == 503
            assert "Ask again" in json.loads(text)["detail"]
        assert server.get("/")[0] == 409
        publish(database)
        assert eventually(lambda: server.get("/api/v1/segments")[0] == 200)

        answers: list[tuple[int, str]] = []
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                answers.append(server.get("/api/v1/runs"))

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        try:
            # Would fail if a reader held the file.
            publish(database, "amount > 20")
        finally:
            done.set()
            for reader in readers:
                reader.join()
        assert {status for status, _ in answers} == {200}
        for _, text in answers:
            answer = json.loads(text)
            assert answer["run_id"] == answer["runs"][-1]["run_id"]
        assert eventually(lambda: json.loads(server.get("/api/v1/healthz")[1])["run_id"] == 2)
    finally:
        server.stop()

"""What a cluster refuses, loses, or is asked twice at once: the last run stays whole."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner

import segdb
from segdb.cli import main
from segdb.engines.spark import lock, transaction
from segdb.errors import EngineError
from tests.conftest import ROOT
from tests.engines.spark.conftest import session
from tests.spark_cluster import Cluster
from tests.steps import shops

pytestmark = pytest.mark.slow
SETTINGS = shops.settings("orders")


def published(url: str) -> dict[str, Any]:
    """Of each table and view of the schema its rows, in any order."""
    with session(url) as opened:
        names = [row.tableName for row in opened.sql("SHOW TABLES IN segdb").collect()]
        return {
            name: sorted(map(str, opened.sql(f"SELECT * FROM segdb.{name}").collect()))
            for name in names
            if name and name != "segments_live"
        }


def rows_of(url: str) -> set[str]:
    """The tables in which rows are, of what is published and of what is left."""
    with session(url) as opened:
        return {row.tableName for row in opened.sql("SHOW TABLES IN segdb_runs").collect()}


@contextmanager
def stopped_at(place: int, monkeypatch: pytest.MonkeyPatch, *, killed: bool) -> Iterator[None]:
    """Let a publish end when it has replaced so many views; killed, it undoes nothing itself."""
    make, made = transaction._Publish._create_view, []

    def make_and_end(publish: Any, at: str, table: Any) -> str:
        made.append(at)
        if len(made) > place:
            raise EngineError("the end")
        return make(publish, at, table)

    with monkeypatch.context() as patched:
        patched.setattr(transaction._Publish, "_create_view", make_and_end)
        if killed:
            patched.setattr(lock, "roll_back", lambda *_: None)
        yield


@pytest.mark.parametrize(
    ("place", "killed"),
    [
        (5, True),
        pytest.param(0, False, marks=pytest.mark.engines),
        pytest.param(20, True, marks=pytest.mark.engines),
    ],
)
def test_a_publish_that_ends_in_the_middle_is_undone(
    shop: str, monkeypatch: pytest.MonkeyPatch, place: int, killed: bool
) -> None:
    segdb.run("shop", database=shop, settings=SETTINGS).close()
    before, rows = published(shop), rows_of(shop)
    other = shops.settings("orders", cluster={"k": 4, "n_init": 1})
    with (
        stopped_at(place, monkeypatch, killed=killed),
        pytest.raises(segdb.SegdbError, match="the end"),
    ):
        segdb.run("shop", database=shop, settings=other)
    if not killed:
        assert (published(shop), rows_of(shop)) == (before, rows)
    monkeypatch.setattr(lock, "_STALE", 0)
    with segdb.run("shop", database=shop, settings=SETTINGS) as again:
        # Its tables would lie beside those of the second one.
        assert again.run_id == 2
        assert len(again.segments) == 3
        assert [row["run_id"] for row in again.table("runs").to_pylist()] == [1, 2]
    left = rows_of(shop)
    assert "publishing" not in left
    assert not {name for name in left if name.startswith("segments_")} & rows


@pytest.mark.engines
def test_two_who_publish_at_once_publish_one_after_the_other(shop: str) -> None:
    results: list[object] = []

    def run() -> None:
        try:
            with segdb.run("shop", database=shop, settings=SETTINGS) as result:
                results.append(result.run_id)
        except segdb.SegdbError as error:
            results.append(type(error))

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count(1) == 1
    assert results.count(2) + results.count(segdb.LockedError) == 1


@pytest.mark.engines
def test_a_worker_that_dies_in_the_middle_is_borne(spark: Cluster, shop: str) -> None:
    with segdb.run("shop", database=shop, settings=SETTINGS) as first:
        segments = first.segments
    results: list[Any] = []
    running = Thread(
        target=lambda: results.append(segdb.run("shop", database=shop, settings=SETTINGS))
    )
    running.start()
    time.sleep(8)
    spark.kill("worker0")
    running.join()
    spark.start_worker(0)
    (again,) = results
    assert again.segments == segments
    again.close()


@pytest.mark.engines
@pytest.mark.parametrize("after", [1.0, 6.0, 12.0, 16.0, 20.0])
def test_a_server_that_dies_leaves_the_last_run(spark: Cluster, shop: str, after: float) -> None:
    segdb.run("shop", database=shop, settings=SETTINGS).close()
    before = published(shop)
    raised: list[BaseException] = []

    def run() -> None:
        try:
            segdb.run("shop", database=shop, settings=SETTINGS).close()
        except segdb.SegdbError as error:
            raised.append(error)

    running = Thread(target=run)
    running.start()
    time.sleep(after)
    spark.kill("connect")
    running.join()
    spark.start_connect()
    if raised:
        with segdb.run("shop", database=shop, settings=SETTINGS) as again:
            assert again.run_id == 2
            assert "publishing" not in rows_of(shop)
            assert segdb.rollback(1, database=shop)["republishes"] == 1
        after_all = published(shop)
        assert after_all["segments"] == before["segments"]


def test_a_query_writes_nothing(published_shop: str) -> None:
    refused = {
        "DROP VIEW segments": "one SELECT",
        "INSERT INTO shop SELECT * FROM shop": "one SELECT",
        "SELECT 1; DROP VIEW segments": "one SELECT",
        "SELECT * FROM segments) AS a; DROP VIEW segments --": "one SELECT",
        "SELECT java_method('java.lang.System', 'exit', 1)": "cannot call methods",
        "SELECT `reflect` /* a */ ('java.lang.System', 'exit', 1)": "cannot call methods",
        "SELECT nothing FROM segments": "nothing",
    }
    with segdb.open(published_shop) as result:
        for sql, said in refused.items():
            with pytest.raises(segdb.UserError, match=said):
                result.select(sql)
        asked = "SELECT count(*) AS n FROM segments WHERE segment NOT LIKE '%reflect%'"
        assert result.query(asked).to_pylist() == [{"n": 180}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nowhere"), "The cluster has no table nowhere."),
        (("run", "README.md"), "README.md is a file of this machine"),
        (("run", "SELECT * FROM nowhere"), "nowhere"),
        (("query", "SELECT x FROM segments"), "holds no segments in the schema 'segdb'"),
        (("rollback", "1"), "holds no segments"),
    ],
)
def test_errors_of_the_command_line(
    url: str, words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, [*words, "--engine", url])
    assert result.exit_code in (2, 4), result.output
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_cluster_that_is_not_there_is_said() -> None:
    with pytest.raises(segdb.SourceError, match="cannot be reached"):
        segdb.run("shop", database="spark:///nowhere", settings=SETTINGS)


@pytest.mark.parametrize(
    "sql",
    ["rand() < 0.5", "now() > bought_at", "uuid() > client", "randn(7) < 0", "version() > client"],
)
def test_sql_of_another_value_each_time_is_refused(shop: str, sql: str) -> None:
    given = {**SETTINGS, "clean": {"reject": {"odd": sql}}}
    with pytest.raises(segdb.SettingsError, match="is not allowed here"):
        segdb.run("shop", database=shop, settings=given)

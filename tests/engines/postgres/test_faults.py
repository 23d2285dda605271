"""What a server refuses, loses, or is asked twice at once: the last run stays whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

import segdb
from segdb.cli import main
from segdb.engines.publishing import publish as publishing
from tests.steps import shops

SETTINGS = shops.settings("orders")


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def published(url: str) -> list[tuple[Any, ...]]:
    """Of each table of the schema its rows."""
    with connected(url) as connection:
        names = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'segdb' "
            "ORDER BY 1"
        ).fetchall()
        counts = [
            connection.execute(f"SELECT count(*) FROM segdb.{name}").fetchone() for (name,) in names
        ]
        return [(*name, *(counted or ())) for name, counted in zip(names, counts, strict=True)]


def temporary(connection: psycopg.Connection) -> int:
    sql = "SELECT count(*) FROM pg_class WHERE relname LIKE 'segdb\\_%' AND relpersistence = 't'"
    row = connection.execute(sql).fetchone()
    return 0 if row is None else int(row[0])


@pytest.mark.parametrize(
    "table",
    ["segment_history", *(pytest.param(t, marks=pytest.mark.slow) for t in ("segments", "runs"))],
)
def test_a_session_that_is_ended_in_the_publish_leaves_the_last_run(
    published_shop: str, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    shop = published_shop
    before = published(shop)
    write = publishing._comment

    def write_and_end(store: Any, schema: str, content: publishing.Content) -> None:
        write(store, schema, content)
        if content.table.name == table:
            with connected(shop) as other:
                other.execute(
                    "SELECT pg_terminate_backend(%s)", [store.connection.info.backend_pid]
                )

    monkeypatch.setattr(publishing, "_comment", write_and_end)
    with pytest.raises(segdb.SegdbError, match=r"lost|rolled back"):
        segdb.run("shop", database=shop, settings=SETTINGS)
    monkeypatch.undo()
    assert published(shop) == before
    with segdb.run("shop", database=shop, settings=SETTINGS) as again:
        assert again.run_id == 2
    with connected(shop) as connection:
        assert temporary(connection) == 0


def test_a_user_without_rights_is_told_the_grant(shop: str) -> None:
    with connected(shop) as connection:
        connection.execute("DROP ROLE IF EXISTS reader")
        connection.execute("CREATE ROLE reader LOGIN")
    as_reader = shop.replace("user=segdb", "user=reader")
    with pytest.raises(segdb.UserError, match=r"GRANT SELECT ON"):
        segdb.run("shop", database=as_reader, settings=SETTINGS)
    with connected(shop) as connection:
        connection.execute("GRANT SELECT ON shop TO reader")
    with pytest.raises(segdb.UserError, match=r"GRANT .*CREATE"):
        segdb.run("shop", database=as_reader, settings=SETTINGS)
    with connected(shop) as connection:
        connection.execute("DROP OWNED BY reader")
        connection.execute("DROP ROLE reader")


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
    # The second one either waits, or is told that it was overtaken.
    assert results.count(1) == 1
    assert results.count(2) + results.count(segdb.LockedError) == 1


def test_tables_of_the_user_are_not_held(shop: str) -> None:
    with (
        segdb.run("shop", database=shop, settings=SETTINGS) as result,
        connected(shop) as connection,
    ):
        connection.execute("CREATE VIEW mine AS SELECT customer_id FROM segdb.segments")
        connection.execute("ALTER TABLE shop ADD COLUMN note TEXT")
        assert result.run_id == 1
    segdb.run("shop", database=shop, settings=SETTINGS).close()
    with connected(shop) as connection:
        assert connection.execute("SELECT count(*) FROM mine").fetchone() == (180,)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM segments",
        "WITH gone AS (DELETE FROM segments RETURNING 1) SELECT * FROM gone",
        "SELECT 1; DROP TABLE segments",
        "SET default_transaction_read_only = off",
    ],
)
def test_a_query_writes_nothing(published_shop: str, sql: str) -> None:
    before = published(published_shop)
    with segdb.open(published_shop) as result, pytest.raises(segdb.UserError):
        result.select(sql)
    assert published(published_shop) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nowhere"), "The database has no table nowhere."),
        (("run", "README.md"), "README.md is a file, which PostgreSQL reads once it is loaded"),
        (("run", "SELECT * FROM nowhere"), 'relation "nowhere" does not exist'),
        (("query", "SELECT x FROM segments"), "holds no segments in the schema 'segdb'"),
        (("rollback", "1"), "holds no segments"),
    ],
)
def test_errors_of_the_command_line(
    shop: str, words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.conftest import ROOT

    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, [*words, "--engine", shop])
    assert result.exit_code in (2, 4), result.output
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_password_is_in_no_message_and_in_no_table(shop: str) -> None:
    wrong = CliRunner().invoke(main, ["run", "shop", "--engine", "postgresql://u:geheim@h/x"])
    assert (wrong.exit_code, "geheim" in wrong.output) == (2, False)
    with_password = shop.replace("postgresql:///", "postgresql://segdb:geheim@/")
    with segdb.run("shop", database=with_password, settings=SETTINGS) as result:
        assert "geheim" not in str(result.table("runs").to_pylist())
    with segdb.run("shop", database=f"{shop}&password=geheim", settings=SETTINGS) as result:
        assert "geheim" not in str(result.table("runs").to_pylist())
    missing = "postgresql://u:geheim@127.0.0.1:1/x"
    with pytest.raises(segdb.SourceError) as caught:
        segdb.run("shop", database=missing, settings=SETTINGS)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("sql", ["random() < 0.5", "now() > bought_at", "age(bought_at) > '1 day'"])
def test_sql_of_another_value_each_time_is_refused(shop: str, sql: str) -> None:
    given = {**SETTINGS, "clean": {"reject": {"odd": sql}}}
    with pytest.raises(segdb.SettingsError, match="is not allowed here"):
        segdb.run("shop", database=shop, settings=given)


def test_rejected_rows_of_many_columns_are_kept(shop: str) -> None:
    more = ", ".join(f"{n} AS c{n}" for n in range(120))
    with segdb.run(f"SELECT *, {more} FROM shop", database=shop, settings=SETTINGS) as result:
        rows = result.table("rejected_rows").to_pylist()
    assert rows
    assert {len(json.loads(row["row"])) for row in rows} == {125}

"""Publish: one transaction, comments of the contract, runs that grow, and failures that undo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pytest

from segdb import contract
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.publishing.publish import Content, Publication, next_run, refuse_ambiguous
from segdb.engines.publishing.publish import publish as publish_at
from segdb.errors import LockedError, PublishError, SettingsError
from segdb.sql_text import quoted

FEATURES = {"recency_days": "Days. Unit: days.", 'my "own" 😀': "It's mine."}
# They are kept by the publish itself.
KEPT = (
    contract.SEGMENT_HISTORY,
    contract.SEGMENT_MIGRATIONS,
    contract.RFM_SEGMENT_HISTORY,
    contract.RFM_SEGMENT_MIGRATIONS,
    contract.KEPT_RUNS,
)
# One of each kind, for what is done over and over.
FEW = (
    contract.SEGMENTS,
    contract.K_SELECTION,
    contract.RUNS,
    contract.SEGMENTS_LIVE,
    contract.CUSTOMER_FEATURES,
    contract.REJECTED_ROWS,
)
AWKWARD = ["plain", 'qu"ote', "select", "a b", "😀", "a.b", "x'; DROP SCHEMA y", "main"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDB]:
    store = DuckDB.open(tmp_path / "warehouse.duckdb")
    yield store
    store.close()


def content(table: contract.Table, run_id: int) -> Content:
    """One row of any published table, by its contract, as a run would give it."""
    features = FEATURES if table.features else {}
    if table == contract.RUNS:
        return Content(table, [{"run_id": run_id, "settings": '{"k": 1}'}], {})
    if table.grows:
        return Content(table, [{"run_id": run_id}], {})
    if table == contract.K_SELECTION:
        return Content(table, [{"k": k, "selected": k == run_id} for k in (2, 3)], {})
    columns = {c.name: c.type.replace(contract.ID, "VARCHAR") for c in table.columns}
    columns |= dict.fromkeys(features, "DOUBLE")
    told = {"BIGINT": run_id, "VARCHAR": "'it''s'", "INTEGER": run_id % 2}
    values = [
        f"{told.get(kind, 'NULL')}::{kind} AS {quoted(name)}" for name, kind in columns.items()
    ]
    return Content(table, f"SELECT {', '.join(values)}", features)


def contents(run_id: int, tables: Sequence[contract.Table] = contract.TABLES) -> list[Content]:
    return [content(table, run_id) for table in tables if table not in KEPT]


def publish(store: DuckDB, schema: str, given: Sequence[Content], run_id: int) -> None:
    publish_at(store, schema, Publication(run_id, datetime(2026, 1, run_id), given, keep_runs=3))


def everything(store: DuckDB, schema: str = "segdb") -> dict[str, list[dict[str, Any]]]:
    return {
        name: store.rows(f"SELECT * FROM {quoted(owner)}.{quoted(name)} ORDER BY ALL")
        for owner, name in store.tables()
        if owner in {schema, f"{schema}_kept"}
    }


def comments(store: DuckDB, schema: str) -> dict[tuple[str, str | None], str]:
    where = f"WHERE schema_name = '{schema}'"
    found: dict[tuple[str, str | None], str] = {}
    for kind in ("table", "view"):
        rows = store.rows(f"SELECT {kind}_name AS name, comment FROM duckdb_{kind}s() {where}")
        found |= {(row["name"], None): row["comment"] for row in rows}
    rows = store.rows(f"SELECT table_name, column_name, comment FROM duckdb_columns() {where}")
    return {**found, **{(row["table_name"], row["column_name"]): row["comment"] for row in rows}}


def test_every_table_and_column_carries_the_sentence_of_its_contract(store: DuckDB) -> None:
    publish(store, "segdb", contents(1), 1)
    wanted: dict[tuple[str, str | None], str] = {}
    for table in contract.TABLES:
        wanted[table.name, None] = table.comment
        for column in table.columns:
            unit = f" Unit: {column.unit}." if column.unit else ""
            wanted[table.name, column.name] = column.sentence + unit
        if table.features:
            wanted |= {(table.name, name): words for name, words in FEATURES.items()}
    assert comments(store, "segdb") == wanted


def test_kinds_and_types_are_those_of_the_contract(store: DuckDB) -> None:
    publish(store, "segdb", contents(1), 1)
    kinds = store.rows(
        "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'segdb'"
    )
    assert {row["table_name"]: row["table_type"] for row in kinds} == {
        table.name: "VIEW" if table.kind == "view" else "BASE TABLE" for table in contract.TABLES
    }
    for table in (contract.RUNS, contract.K_SELECTION, contract.SEGMENT_MIGRATIONS):
        described = store.rows(f"DESCRIBE segdb.{table.name}")
        assert {row["column_name"]: row["column_type"] for row in described} == {
            column.name: column.type for column in table.columns
        }


def test_runs_grow_and_the_rest_is_replaced(store: DuckDB) -> None:
    assert next_run(store, "segdb") == 1
    for run_id in (1, 2, 3):
        assert next_run(store, "segdb") == run_id
        publish(store, "segdb", contents(run_id), run_id)
    found = everything(store)
    assert [row["run_id"] for row in found["runs"]] == [1, 2, 3]
    for table in contract.TABLES:
        if table not in {contract.K_SELECTION, *KEPT}:
            assert len(found[table.name]) == (3 if table.grows else 1)
    assert [row["selected"] for row in found["k_selection"]] == [False, True]
    assert found["segments"][0]["run_id"] == 3


def test_runs_of_an_older_release_get_the_new_columns(store: DuckDB) -> None:
    store.execute("CREATE SCHEMA segdb")
    store.execute("CREATE TABLE segdb.runs (k INTEGER, run_id BIGINT, gone VARCHAR)")
    store.execute("INSERT INTO segdb.runs VALUES (4, 7, 'x')")
    assert next_run(store, "segdb") == 8
    run = {"run_id": 8, "k": 5, "verdict": "clear", "started_at": datetime(2026, 1, 2)}
    segments = content(contract.SEGMENTS, 8)
    publish(store, "segdb", [segments, Content(contract.RUNS, [run], {})], 8)
    rows = store.rows("SELECT run_id, k, verdict, gone, started_at FROM segdb.runs ORDER BY run_id")
    assert [tuple(row.values()) for row in rows] == [
        (7, 4, None, "x", None),
        (8, 5, "clear", None, datetime(2026, 1, 2)),
    ]


def test_types_are_the_contracts_and_of_the_id_the_sources(store: DuckDB) -> None:
    source = store.table("source", "SELECT 'a' AS customer_id, 1::TINYINT AS n")
    segments = source.mutate(
        segment_id=ibis.literal(1, "int32"),
        segment=ibis.literal("S"),
        distance=ibis.literal(0.5),
        margin=ibis.literal(0.5),
        run_id=ibis.literal(1, "int64"),
    ).select(*(column.name for column in contract.SEGMENTS.columns))
    runs = content(contract.RUNS, 1)
    publish(store, "segdb", [runs, Content(contract.SEGMENTS, segments, {})], 1)
    described = store.rows("DESCRIBE segdb.segments")
    assert {row["column_name"]: row["column_type"] for row in described} == {
        column.name: column.type.replace(contract.ID, "VARCHAR")
        for column in contract.SEGMENTS.columns
    }


def test_a_table_may_have_no_rows(store: DuckDB) -> None:
    none = Content(contract.K_SELECTION, [], {})
    publish(store, "segdb", [*contents(1, (contract.SEGMENTS, contract.RUNS)), none], 1)
    assert everything(store)["k_selection"] == []


def test_a_view_that_cannot_be_had_goes_away(store: DuckDB) -> None:
    publish(store, "segdb", contents(1), 1)
    gone = Content(contract.SEGMENTS_LIVE, None, {})
    publish(store, "segdb", [*contents(2, (contract.SEGMENTS, contract.RUNS)), gone], 2)
    assert "segments_live" not in everything(store)


@pytest.mark.parametrize("schema", AWKWARD)
def test_a_schema_of_any_name(store: DuckDB, schema: str) -> None:
    for run_id in (1, 2):
        assert next_run(store, schema) == run_id
        publish(store, schema, contents(run_id, FEW), run_id)
    assert len(everything(store, schema)["runs"]) == 2


def test_a_schema_in_another_case_is_the_same(store: DuckDB) -> None:
    publish(store, "Shop", contents(1, FEW), 1)
    assert next_run(store, "SHOP") == 2


@pytest.mark.parametrize("schema", ["warehouse", "WAREHOUSE", "temp", "system"])
def test_a_schema_called_like_a_database_is_refused(store: DuckDB, schema: str) -> None:
    with pytest.raises(SettingsError, match="could not tell them apart"):
        refuse_ambiguous(store, schema)
    with pytest.raises(SettingsError):
        publish(store, schema, contents(1, FEW), 1)
    assert store.tables() == []


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.slow)])
def test_a_failure_at_any_statement_leaves_the_last_run(
    store: DuckDB, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """The failure is at every third statement from the last one back, or at every one."""
    publish(store, "segdb", contents(1, FEW), 1)
    before, told = everything(store), comments(store, "segdb")
    execute = store.execute
    statements: list[str] = []

    def failing_at(place: int) -> None:
        def execute_or_fail(sql: str) -> None:
            statements.append(sql)
            if len(statements) == place:
                raise duckdb.IOException("No space left on device")
            execute(sql)

        monkeypatch.setattr(store, "execute", execute_or_fail)

    publish(store, "other", contents(1, FEW), 1)
    failing_at(0)
    publish(store, "other", contents(2, FEW), 2)
    # The comments are many and alike: of them, every tenth.
    own = [i for i, sql in enumerate(statements, 1) if not sql.startswith("COMMENT")]
    places = sorted({*own, *range(1, len(statements), 10)})
    assert statements[places[-1] - 1] == "COMMIT"
    for place in places[:0:-step]:
        statements.clear()
        failing_at(place)
        with pytest.raises(PublishError, match="No space left"):
            publish(store, "segdb", contents(2, FEW), 2)
        assert statements[-1] == "ROLLBACK"
        assert everything(store) == before, statements[-2]
        assert comments(store, "segdb") == told
    monkeypatch.undo()
    publish(store, "segdb", contents(2, FEW), 2)
    assert len(everything(store)["runs"]) == 2


@pytest.mark.parametrize("sql", ["SELECT nowhere", "SELECT 'x'::INTEGER AS k", "SELECT 1 AS k"])
def test_contents_that_fail_leave_the_last_run(store: DuckDB, sql: str) -> None:
    publish(store, "segdb", contents(1, FEW), 1)
    before = everything(store)
    for place in range(len(FEW) + 1):
        broken = contents(2, FEW)
        broken.insert(place, Content(contract.SEGMENT_CENTROIDS, sql, {}))
        with pytest.raises(PublishError, match="are as they were"):
            publish(store, "segdb", broken, 2)
        assert everything(store) == before


def test_a_commit_that_kept_nothing_is_found_out(
    store: DuckDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = store.execute

    def swallow(sql: str) -> None:
        # DuckDB 2.0 lets the COMMIT after a failed statement pass, and keeps nothing.
        if sql != "COMMIT":
            execute(sql)
        else:
            execute("ROLLBACK")

    for run_id in (1, 2):
        monkeypatch.setattr(store, "execute", swallow)
        with pytest.raises(PublishError, match="did not keep it"):
            publish(store, "segdb", contents(run_id, FEW), run_id)
        monkeypatch.undo()
        assert len(everything(store)) == (run_id > 1) * len({*FEW, *KEPT})
        publish(store, "segdb", contents(run_id, FEW), run_id)


def test_a_reader_sees_one_run(store: DuckDB) -> None:
    publish(store, "segdb", contents(1, FEW), 1)
    reader = store.connection.cursor()
    reader.execute("BEGIN TRANSACTION").fetchall()
    assert reader.execute("SELECT max(run_id) FROM segdb.runs").fetchall() == [(1,)]
    publish(store, "segdb", contents(2, FEW), 2)
    assert reader.execute("SELECT max(run_id) FROM segdb.runs").fetchall() == [(1,)]
    assert reader.execute("SELECT run_id FROM segdb.segments").fetchall() == [(1,)]
    reader.execute("COMMIT").fetchall()
    assert reader.execute("SELECT run_id FROM segdb.segments").fetchall() == [(2,)]
    reader.close()


@pytest.mark.parametrize(("follows", "published"), [(None, 1), (1, 2), (2, 1), (1, None)])
def test_a_run_that_looked_at_another_run_than_the_published_one_publishes_nothing(
    store: DuckDB, follows: int | None, published: int | None
) -> None:
    """What names, history and drift were worked out against is not what is there any more."""
    for run_id in range(1, (published or 0) + 1):
        publish(store, "segdb", contents(run_id, FEW), run_id)
    before = everything(store)
    run = Publication(9, datetime(2026, 1, 9), contents(9, FEW), keep_runs=3, follows=follows)
    with pytest.raises(LockedError, match="while this run was under way") as caught:
        publish_at(store, "segdb", run)
    assert caught.value.exit_code == 3
    assert everything(store) == before
    publish_at(store, "segdb", replace(run, follows=published))
    assert store.rows("SELECT max(run_id) AS last FROM segdb.runs") == [{"last": 9}]

"""Kept: what is put aside of a run that another takes the place of, and how much of it stays."""

from __future__ import annotations

import json

import duckdb
import pytest

from segdb import contract
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.publishing.run_archive import (
    archive_schema,
    is_valid_query,
    keep,
    kept_features,
    kept_ids,
    kept_run,
    prune,
    published_run,
)
from segdb.errors import UserError

AWKWARD = ["segdb", 'qu"ote', "select", "😀", "main"]
SMALL = [contract.SEGMENT_PROFILES, contract.K_SELECTION]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def publish(store: DuckDB, schema: str, run_id: int) -> None:
    """A schema as a run leaves it, with as many customers as the run's number."""
    place = quoted(schema)
    store.execute(f"CREATE SCHEMA IF NOT EXISTS {place}")
    store.execute(f"CREATE TABLE IF NOT EXISTS {place}.runs (run_id BIGINT, k INTEGER)")
    store.execute(f"CREATE TABLE IF NOT EXISTS {place}.kept_runs (run_id BIGINT, tables JSON)")
    store.execute(f"INSERT INTO {place}.runs VALUES ({run_id}, {run_id})")
    store.execute(
        f"CREATE OR REPLACE TABLE {place}.customer_features AS "
        f"SELECT i AS customer_id, i / 3 AS spent FROM range({run_id}) t(i)"
    )
    store.execute(
        f"CREATE OR REPLACE TABLE {place}.rejected_rows AS "
        f"SELECT 'orders' AS source, 'return' AS reason, '{{}}'::JSON AS row FROM range({run_id})"
    )
    store.execute(
        f"CREATE OR REPLACE TABLE {place}.segment_profiles AS "
        f"SELECT {run_id} AS segment_id, 'it''s \"é\"' AS segment, 0.1::DOUBLE AS share, "
        "NULL::DOUBLE AS revenue"
    )


@pytest.fixture
def store() -> DuckDB:
    return DuckDB(duckdb.connect())


@pytest.mark.parametrize("schema", AWKWARD)
def test_what_is_kept_comes_back(store: DuckDB, schema: str) -> None:
    publish(store, schema, 1)
    keep(store, schema, SMALL)
    publish(store, schema, 2)
    kept = kept_run(store, schema, 1)
    assert kept.run == {"run_id": 1, "k": 1}
    assert store.rows(kept.features) == [{"customer_id": 0, "spent": 0.0}]
    assert [row["reason"] for row in store.rows(kept.rejected)] == ["return"]
    # k_selection was never published here, and is not made up.
    profile = {"segment_id": 1, "segment": 'it\'s "é"', "share": 0.1, "revenue": None}
    assert kept.tables == {"segment_profiles": [profile]}


def test_only_the_last_ones_stay(store: DuckDB) -> None:
    for run_id in range(1, 6):
        publish(store, "segdb", run_id)
        keep(store, "segdb", SMALL)
    prune(store, "segdb", 2)
    assert kept_ids(store, "segdb") == [4, 5]
    assert {name for owner, name in store.tables() if owner == archive_schema("segdb")} == {
        f"{table}_{run_id}" for table in ("customer_features", "rejected_rows") for run_id in (4, 5)
    }
    prune(store, "segdb", 9)
    assert kept_ids(store, "segdb") == [4, 5]
    prune(store, "segdb", 0)
    assert kept_ids(store, "segdb") == []


def test_keeping_a_run_again_keeps_it_once(store: DuckDB) -> None:
    publish(store, "segdb", 1)
    keep(store, "segdb", SMALL)
    keep(store, "segdb", SMALL)
    assert kept_ids(store, "segdb") == [1]


def test_features_of_a_run_that_is_published_kept_or_gone(store: DuckDB) -> None:
    assert published_run(store, "segdb") is None
    assert kept_features(store, "segdb", 1) is None
    publish(store, "segdb", 1)
    keep(store, "segdb", SMALL)
    publish(store, "segdb", 2)
    for run_id in (1, 2):
        table = kept_features(store, "segdb", run_id)
        assert table is not None
        assert len(store.rows(table)) == run_id
    assert kept_features(store, "segdb", 3) is None
    store.execute("DROP TABLE segdb.customer_features")
    assert kept_features(store, "segdb", 2) is None


def test_nothing_is_kept_where_nothing_was_published(store: DuckDB) -> None:
    keep(store, "segdb", SMALL)
    publish(store, "segdb", 1)
    store.execute("DROP TABLE segdb.customer_features")
    keep(store, "segdb", SMALL)
    assert kept_ids(store, "segdb") == []
    with pytest.raises(UserError, match=r"Run 1 is not kept any more\. None is kept\."):
        kept_run(store, "segdb", 1)


def test_small_tables_are_text_that_anyone_can_read(store: DuckDB) -> None:
    publish(store, "segdb", 1)
    keep(store, "segdb", SMALL)
    row = store.rows("SELECT tables FROM segdb.kept_runs")[0]
    assert json.loads(row["tables"])["segment_profiles"][0]["segment_id"] == 1


def test_what_a_select_reads_may_be_gone(store: DuckDB) -> None:
    store.execute("CREATE TABLE there AS SELECT 1 AS one")
    assert is_valid_query(store, "SELECT one FROM there")
    assert not is_valid_query(store, "SELECT two FROM there")
    assert not is_valid_query(store, "SELECT one FROM nowhere")
    assert not is_valid_query(store, "FROM read_csv('nowhere.csv')")

"""Relations: what a text names, where several could be meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import segdb
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.relations import find, known, offered
from segdb.pipeline.scoring import score
from segdb.steps.progress import Notes
from segdb.steps.use.score import ScoringJob
from tests.steps import shops


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDB]:
    store = DuckDB.open(tmp_path / "shop.duckdb")
    for sql in (
        "CREATE SCHEMA other",
        "CREATE TABLE sales AS SELECT 'main' AS place",
        "CREATE TABLE other.sales AS SELECT 'other' AS place",
        "CREATE TABLE other.far AS SELECT 'other' AS place",
        "CREATE TABLE \"other.sales\" AS SELECT 'a dot in its name' AS place",
        "CREATE TEMP TABLE hidden AS SELECT 'temporary' AS place",
        "CREATE TABLE main.hidden AS SELECT 'main' AS place",
        "CREATE TEMP TABLE segdb_own AS SELECT 'ours' AS place",
    ):
        store.execute(sql)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("named", "place"),
    [
        ("sales", "main"),
        ("SALES", "main"),
        ("main.sales", "main"),
        ("other.far", "other"),
        ('"other"."sales"', "other"),
        ("shop.other.sales", "other"),
        ("other.sales", "a dot in its name"),
        ("hidden", "temporary"),
        ("main.hidden", "main"),
        ("far", None),
        ("segdb_own", None),
        ("nothing", None),
    ],
)
def test_what_a_name_means(store: DuckDB, named: str, place: str | None) -> None:
    found = find(store, named)
    rows = store.rows(f"FROM {found.sql}") if found else [{"place": None}]
    assert rows == [{"place": place}]


def test_they_are_shown_by_their_shortest_names(store: DuckDB) -> None:
    assert sorted(relation.shown for relation in known(store)) == [
        "hidden", "hidden", "other.far", "other.sales", "other.sales", "sales",
    ]  # fmt: skip


def test_only_the_tables_of_the_user_are_offered(tmp_path: Path) -> None:
    store = DuckDB.open(tmp_path / "warehouse.duckdb")
    store.execute(shops.SHOP.format(rows=1200))
    store.execute(shops.PEOPLE)
    # A table of the user's may be called as one of the published is.
    store.execute("CREATE SCHEMA jobs")
    store.execute("CREATE TABLE jobs.runs AS SELECT 1 AS n")
    store.execute("CREATE TABLE segments AS SELECT 1 AS n")
    store.execute("CREATE VIEW latest AS FROM shop")
    own = ["latest", "people", "segments", "shop", "jobs.runs"]
    assert sorted(offered(store)) == sorted(own)
    for _ in range(2):
        segdb.run("shop", database=store.connection, settings=shops.settings("orders"))
    score(store, "segdb", ScoringJob("shop", None), Notes())
    there = {schema for schema, _ in store.tables()}
    assert there == {"main", "jobs", "segdb", "segdb_kept"}
    assert sorted(offered(store)) == sorted(own)
    store.close()

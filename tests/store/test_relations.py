"""Relations: what a text names, where several could be meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segdb.store.duckdb import DuckDB
from segdb.store.relations import find, known


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

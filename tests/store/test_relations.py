"""Relations: which tables a name can mean, and which are offered where it means none."""

from __future__ import annotations

from pathlib import Path

import segdb
from segdb.steps.progress import Notes
from segdb.steps.score import score
from segdb.store import relations
from segdb.store.duckdb import DuckDB
from tests.steps import shops


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
    assert sorted(relations.offered(store)) == sorted(own)
    for _ in range(2):
        segdb.run("shop", database=store.connection, settings=shops.settings("orders"))
    score(store, "segdb", "shop", None, Notes())
    there = {schema for schema, _ in store.tables()}
    assert there == {"main", "jobs", "segdb", "segdb_kept"}
    assert sorted(relations.offered(store)) == sorted(own)
    store.close()

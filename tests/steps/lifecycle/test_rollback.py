"""Rollback: the tables of an earlier run, published again, and a history that fits them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

import segdb
from segdb import contract
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.publishing.run_archive import equal_runs, kept_ids
from segdb.errors import UserError
from segdb.pipeline.rolling_back import rollback
from tests.steps import shops
from tests.steps.published import Publications

GROWS = {table.name for table in contract.TABLES if table.grows}


After = Callable[..., DuckDB]


def run(month: int, source: str = "orders", k: int = 3, **sections: Any) -> dict[str, Any]:
    """Return the settings of a run."""
    sections |= {"as_of": datetime(2024, month, 1), "cluster": {"k": k, "n_init": 1}}
    return shops.settings(source, **sections)


@pytest.fixture
def after(publications: Publications, tmp_path: Path) -> Iterator[After]:
    """Open databases that runs have been published to."""
    with ExitStack() as connections:

        def made(*runs: dict[str, Any], source: str = "orders") -> DuckDB:
            path = publications.copy(
                tmp_path / f"{len(runs)}.duckdb",
                shops.written_twice_as_large,
                shops.sources(source),
                *runs,
            )
            return DuckDB(connections.enter_context(duckdb.connect(str(path))))

        yield made


def publish(store: DuckDB, settings: dict[str, Any]) -> None:
    segdb.run("shop", database=store.connection, settings=settings)


def published(store: DuckDB) -> dict[str, list[tuple[Any, ...]]]:
    """Every table and view of one run, without the number of the run."""
    found = {}
    for table in contract.TABLES:
        if table.name in GROWS or table in (contract.ENTERED_SEGMENT, contract.LEFT_SEGMENT):
            continue
        columns = [c for c in store.schema(f"segdb.{table.name}") if c != "run_id"]
        names = ", ".join(f'"{c}"' for c in columns)
        rows = store.connection.execute(f"SELECT {names} FROM segdb.{table.name}").fetchall()
        found[table.name] = sorted(rows, key=repr)
    return found


def history(store: DuckDB) -> list[tuple[Any, ...]]:
    sql = "SELECT * EXCLUDE (run_id) FROM segdb.segment_history ORDER BY ALL"
    return store.connection.execute(sql).fetchall()


def same(one: list[tuple[Any, ...]], other: list[tuple[Any, ...]]) -> bool:
    # Sums over all customers that learn the axes of the maps differ in their last bits.
    return len(one) == len(other) and all(
        a == (pytest.approx(b, rel=1e-9, abs=1e-9) if isinstance(b, float) else b)
        for row, then in zip(one, other, strict=True)
        for a, b in zip(row, then, strict=True)
    )


HARD: dict[str, Any] = {
    "clean": {"missing": "reject", "returns": "reject", "reject": {"large": "total > 3000"}},
    "features": {
        **shops.ALL_FEATURES,
        "sql": {"largest": "max(total)"},
        "describe": ["tenure_days"],
    },
    "outliers": {"method": "mad"},
    "scale": {"method": "minmax"},
}


@pytest.mark.parametrize(
    ("source", "sections"),
    [
        pytest.param("orders", {}, id="orders-plain", marks=pytest.mark.slow),
        pytest.param("customers", {}, id="customers-plain", marks=pytest.mark.slow),
        pytest.param("both", {}, id="both-plain", marks=pytest.mark.slow),
        pytest.param("orders", HARD, id="orders-hard", marks=pytest.mark.slow),
        pytest.param("customers", HARD, id="customers-hard", marks=pytest.mark.slow),
        pytest.param("both", HARD, id="both-hard"),
    ],
)
def test_every_table_is_as_it_was(after: After, source: str, sections: Mapping[str, Any]) -> None:
    if source == "customers":
        sections = {k: v for k, v in sections.items() if k not in {"clean", "features"}}
    first = run(4, source, **sections)
    store = after(first, source=source)
    before, then = published(store), history(store)
    second = run(5, source, k=4, outliers={"method": "none"}, scale={"method": "robust"})
    store = after(first, second, source=source)
    assert not same(published(store)["segments"], before["segments"])
    row = rollback(store, "segdb", 1, 3)
    assert (row["run_id"], row["republishes"], row["as_of"]) == (3, 1, datetime(2024, 4, 1))
    found = published(store)
    assert {name for name in found if not same(found[name], before[name])} == set()
    for name in ("segments", "customer_features", "segment_profiles", "rejected_rows"):
        assert found[name] == before[name]
    assert store.rows("SELECT DISTINCT run_id FROM segdb.segments") == [{"run_id": 3}]
    assert history(store) == then


def rows_of_runs(store: DuckDB) -> list[tuple[Any, ...]]:
    return store.connection.execute("FROM segdb.runs ORDER BY run_id").fetchall()


def test_a_rollback_is_taken_back_by_another_and_changes_no_row_of_runs(after: After) -> None:
    store = after(run(4), run(5, k=4))
    before, then, runs = published(store), history(store), rows_of_runs(store)
    for run_id in (1, 2):
        rollback(store, "segdb", run_id, 3)
        assert rows_of_runs(store)[:-1] == runs
        runs = rows_of_runs(store)
    found = published(store)
    assert {name for name in found if not same(found[name], before[name])} == set()
    assert history(store) == then
    assert kept_ids(store, "segdb") == [1, 2, 3]


def test_a_run_after_a_rollback_goes_on_from_there(after: After) -> None:
    store = after(run(4))
    names = store.rows("SELECT segment_id, segment FROM segdb.segment_profiles ORDER BY 1")
    store = after(run(4), run(5, k=5))
    highest = store.rows("SELECT max(segment_id) AS last FROM segdb.segments")[0]["last"]
    rollback(store, "segdb", 1, 3)
    publish(store, run(5, k=4))
    now = store.rows("SELECT segment_id, segment FROM segdb.segment_profiles ORDER BY 1")
    kept = [row for row in now if row["segment_id"] <= 3]
    assert kept == [row for row in names if row in kept]
    # The ids of the run that was taken back are not given again.
    assert all(row["segment_id"] <= 3 or row["segment_id"] > highest for row in now)
    moved = store.rows(
        "SELECT run_id, as_of, sum(customers) AS n FROM segdb.segment_migrations "
        "WHERE to_segment_id IS NOT NULL GROUP BY ALL ORDER BY as_of"
    )
    sizes = store.rows(
        "SELECT run_id, as_of, customers AS n FROM segdb.runs WHERE run_id IN (3, 4) ORDER BY as_of"
    )
    assert [tuple(row.values()) for row in moved] == [tuple(row.values()) for row in sizes]


def test_of_runs_without_a_moment_the_time_they_began_counts(after: After) -> None:
    settings = shops.settings("customers")
    store = after(settings, source="customers")
    then = history(store)
    store.execute("DELETE FROM people WHERE income > 20")
    segdb.run(customers="people", database=store.connection, settings=settings)
    assert history(store) != then
    row = rollback(store, "segdb", 1, 3)
    assert row["as_of"] is None
    assert history(store) == then
    # To the rollback itself, as to any run.
    rollback(store, "segdb", 2, 3)
    rollback(store, "segdb", 3, 3)
    assert history(store) == then


@pytest.mark.parametrize(
    ("most", "months"), [(1, (4, 5, 6)), pytest.param(2, (4, 5, 6, 7), marks=pytest.mark.slow)]
)
def test_what_is_kept_is_bounded(after: After, most: int, months: tuple[int, ...]) -> None:
    store = after(*(run(month, publish={"keep_runs": most}) for month in months))
    last = len(months)
    kept = list(range(last - most, last))
    assert kept_ids(store, "segdb") == kept
    names = {name for owner, name in store.tables() if owner == "segdb_kept"}
    large = ("customer_features", "rejected_rows", "customer_value")
    assert names == {f"{table}_{run_id}" for table in large for run_id in kept}
    said = rf"Run 1 is not kept any more\. Kept: {', '.join(map(str, kept))}\."
    with pytest.raises(UserError, match=said):
        rollback(store, "segdb", 1, 2)
    publish(store, run(8, publish={"keep_runs": 0}))
    assert kept_ids(store, "segdb") == []
    with pytest.raises(UserError, match="None is kept"):
        rollback(store, "segdb", last, 0)


def test_a_run_that_is_there_under_another_number(after: After) -> None:
    store = after(run(4), run(5), run(6))
    rollback(store, "segdb", 1, 2)
    with pytest.raises(UserError, match=r"^Run 1 is the one that is published, as run 4\.$"):
        rollback(store, "segdb", 1, 2)
    rollback(store, "segdb", 3, 2)
    assert kept_ids(store, "segdb") == [3, 4]
    said = (
        r"^Run 1 is kept as run 4, which has the same tables: `segdb.rollback\(4\)` publishes them"
    )
    with pytest.raises(UserError, match=said):
        rollback(store, "segdb", 1, 2)
    assert rollback(store, "segdb", 4, 2)["republishes"] == 4
    # Run 6 has the tables of run 4, and so of run 1.
    assert equal_runs(store, "segdb", 1) == equal_runs(store, "segdb", 6) == [1, 4, 6]
    assert equal_runs(store, "segdb", 2) == [2]
    with pytest.raises(UserError, match=r"^Run 1 is the one that is published, as run 6\.$"):
        rollback(store, "segdb", 1, 2)
    with pytest.raises(UserError, match=r"Run 2 is not kept any more\. Kept: 4, 5\."):
        rollback(store, "segdb", 2, 2)


def test_what_cannot_be_rolled_back_to(after: After) -> None:
    with pytest.raises(UserError, match="holds no segments"):
        rollback(after(), "segdb", 1, 3)
    store = after(run(4))
    with pytest.raises(UserError, match="Run 1 is the one that is published"):
        rollback(store, "segdb", 1, 3)
    with pytest.raises(UserError, match="There is no run 7"):
        rollback(store, "segdb", 7, 3)


def test_a_source_that_is_gone_takes_the_live_view_with_it(after: After) -> None:
    store = after(run(4), run(5))
    before = store.rows("SELECT count(*) AS n FROM segdb.segments")
    store.execute("DROP TABLE shop")
    rollback(store, "segdb", 1, 3)
    assert store.rows("SELECT count(*) AS n FROM segdb.segments") == before
    assert not store.holds("segdb", "segments_live")


def test_a_failure_changes_nothing(after: After, monkeypatch: pytest.MonkeyPatch) -> None:
    store = after(run(4), run(5, k=4))
    before, then = published(store), history(store)
    execute = store.execute

    def refuse(sql: str) -> None:
        if sql.startswith('CREATE OR REPLACE TABLE "segdb"."rfm_by_segment"'):
            raise duckdb.IOException("No space left")
        execute(sql)

    monkeypatch.setattr(store, "execute", refuse)
    with pytest.raises(segdb.PublishError, match="rolled back"):
        rollback(store, "segdb", 1, 3)
    assert (published(store), history(store)) == (before, then)
    assert kept_ids(store, "segdb") == [1]

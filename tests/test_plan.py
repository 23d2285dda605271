"""What a run reads: its orders once, and everything else from tables that it made of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segdb.config.settings import Settings, parse
from segdb.demo import synthetic
from segdb.engines.duckdb.database import DuckDB
from segdb.inspect.schema_hints import SchemaHints
from segdb.pipeline.fitting import fit
from segdb.sql import to_sql
from segdb.steps.features import count_strategy
from segdb.steps.features.build_features import build_features
from segdb.steps.features.options import FeatureOptions
from segdb.steps.ingest.read_sources import read_sources
from segdb.steps.progress import Notes

_TABLE = re.compile(r"CREATE OR REPLACE (?:TEMP )?TABLE .*? AS\s+(.*)", re.DOTALL | re.IGNORECASE)
_HEAD = re.compile(r'\bLIMIT \d+|"segdb_head"')
_QUERY = re.compile(r"\s*(?:SELECT|WITH|FROM)\b", re.IGNORECASE)


class Watched(DuckDB):
    """A store that keeps every statement that scans the source, as its plan says."""

    def __init__(self) -> None:
        super().__init__(duckdb.connect())
        self.scans: list[str] = []

    def execute(self, sql: str) -> None:
        self._look(sql)
        super().execute(sql)

    def fetch(self, query: Any, values: Mapping[str, object] | None = None) -> Any:
        # What has values to bind is none of the pipeline's own queries.
        if values is None:
            self._look(query if isinstance(query, str) else to_sql(query))
        return super().fetch(query, values)

    def _look(self, sql: str) -> None:
        made = _TABLE.match(sql)
        query = made[1] if made else sql
        # To look at the head of the source is no scan.
        if _QUERY.match(query) and not _HEAD.search(query):
            explain = f"EXPLAIN (FORMAT json) {query}"
            plan = json.loads(self.connection.execute(explain).fetchall()[0][1])
            self.scans += [sql for name in nodes(plan) if name in ("PARQUET_SCAN", "READ_PARQUET")]


def nodes(plan: list[dict[str, Any]]) -> Iterator[str]:
    """Names of the plan's nodes."""
    for node in plan:
        yield node["name"].strip().upper()
        yield from nodes(node["children"])


def shop(tmp_path: Path, condition: str = "true") -> str:
    path = tmp_path / "orders.parquet"
    query = f"SELECT DISTINCT * FROM ({synthetic.orders(200)}) WHERE {condition}"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)").fetchall()
    return str(path)


def settings(duplicates: str, *, sampled: bool = False, value: str = "none") -> Settings:
    return parse(
        {
            "as_of": synthetic.AS_OF.replace(" ", "T"),
            "clean": {"duplicates": duplicates},
            "cluster": {"k": 3, "n_init": 1},
            "features": {"sampled_orders": sampled},
            "value": {"model": value},
            "backtest": {"every_run": False},
        }
    )


def taken_in(
    orders: str, duplicates: str = "keep", *, sampled: bool = False
) -> tuple[Watched, Notes, list[dict[str, Any]]]:
    """Go as far as the features; nothing behind them reads the source, as the first test says."""
    store, notes = Watched(), Notes()
    chosen = settings(duplicates, sampled=sampled)
    sources = read_sources(store, SchemaHints.of(chosen), orders, None, notes)
    built = build_features(store, FeatureOptions.of(chosen), sources, notes)
    features = built.features
    return (
        store,
        notes,
        store.rows(features.select("customer_id", "frequency").order_by("customer_id")),
    )


@pytest.fixture
def spotless(tmp_path: Path) -> str:
    """Orders of which every row is kept, each order one row."""
    return shop(
        tmp_path,
        "customer_id IS NOT NULL AND amount IS NOT NULL AND quantity > 0 AND amount >= 0 "
        f"AND ordered_at < TIMESTAMP '{synthetic.AS_OF}'",
    )


def test_a_whole_run_scans_the_source_once(spotless: str) -> None:
    store = Watched()
    fit(store, settings("keep"), spotless, None, Notes())
    (scan,) = store.scans
    assert "segdb_per_customer" in scan


def test_customer_value_takes_one_scan_more(spotless: str) -> None:
    """The GROUP BY of customer and day stands beside that of the customer, in one statement."""
    store = Watched()
    fit(store, settings("keep", value="mbg/nbd"), spotless, None, Notes())
    first, second = store.scans
    assert first == second
    assert "segdb_per_customer" in first


def test_duplicates_are_found_in_the_same_scan(spotless: str) -> None:
    store, _, _ = taken_in(spotless, "reject")
    assert len(store.scans) == 1


def test_rejected_rows_are_fetched_by_a_second_scan_only_where_there_are_any(
    tmp_path: Path,
) -> None:
    store, _, _ = taken_in(shop(tmp_path))
    first, second = store.scans
    assert "segdb_per_customer" in first
    assert "segdb_rejected" in second


def test_a_large_source_is_sampled_where_asked_for_and_then_counts_rows_for_orders(
    spotless: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_strategy, "LARGE", 0)
    monkeypatch.setattr(count_strategy, "_FEWEST", 1)
    exact, told, expected = taken_in(spotless)
    sampled, notes, found = taken_in(spotless, sampled=True)
    (scan,) = sampled.scans
    assert "COUNT(DISTINCT" not in scan
    assert "unique_rows" in exact.scans[0]
    assert not any("rows are counted for orders" in words for words in told.notes)
    assert any("rows are counted for orders" in words for words in notes.notes)
    assert found == expected


def test_a_large_source_of_one_row_an_order_is_scanned_once_for_copies_too(
    spotless: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, expected = taken_in(spotless, "reject")
    monkeypatch.setattr(count_strategy, "LARGE", 0)
    store, _, found = taken_in(spotless, "reject")
    (scan,) = store.scans
    assert "COUNT(DISTINCT" not in scan
    assert found == expected


def test_orders_of_several_rows_are_listed_in_a_large_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_strategy, "LARGE", 0)
    path = tmp_path / "orders.parquet"
    query = synthetic.orders(200, multi_line_share=0.2)
    with duckdb.connect() as connection:
        # Hardly a row twice.
        query = f"COPY (SELECT DISTINCT * FROM ({query})) TO '{path}' (FORMAT parquet)"
        connection.execute(query).fetchall()
    store, notes, found = taken_in(str(path), sampled=True)
    assert "LIST_UNIQUE" in store.scans[0]
    assert not any("rows are counted" in words for words in notes.notes)
    # Where copies are looked for, the rows are told apart in the same pass.
    told, _, once = taken_in(str(path), "reject")
    assert "unique_rows" in told.scans[0]
    assert "COUNT(DISTINCT" not in told.scans[0]
    monkeypatch.undo()
    assert taken_in(str(path))[2] == found
    folded, _, expected = taken_in(str(path), "reject")
    assert "COUNT(DISTINCT" in folded.scans[0]
    assert once == expected

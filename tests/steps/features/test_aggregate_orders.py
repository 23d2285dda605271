"""Ways of aggregating orders: told apart by customer, and folded whole. The same comes out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segdb.config.settings import parse
from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.count_strategy import EXACT, LISTED, UNIQUE_LINES, UNIQUE_ROWS, CountStrategy
from segdb.inspect.schema_hints import SchemaHints
from segdb.steps.features import aggregate_orders as orders
from segdb.steps.features import count_strategy
from segdb.steps.features.build_features import build_features
from segdb.steps.features.options import FeatureOptions
from segdb.steps.ingest.read_sources import read_sources
from segdb.steps.progress import Notes
from tests.depth import examples

START = datetime(2026, 1, 1)
lines = st.tuples(
    st.one_of(st.integers(1, 4), st.none()),
    st.one_of(st.integers(1, 6), st.none()),
    st.one_of(st.sampled_from([START, START + timedelta(days=9), datetime(2999, 1, 1)]), st.none()),
    st.one_of(st.sampled_from([-2.0, 1.0, 3.5]), st.none()),
    st.sampled_from(["tea", "pots"]),
)


def taken_in(
    rows: list[tuple[Any, ...]], clean: dict[str, Any], way: CountStrategy, *, numbered: bool = True
) -> list[Any]:
    """Return features, rejected rows and counts, as a run has them."""
    store = DuckDB(duckdb.connect())
    names = ["customer", "order_no", "ordered_at", "amount", "category"]
    types = [pa.int64(), pa.int64(), pa.timestamp("us"), pa.float64(), pa.string()]
    columns = [pa.array(list(c), t) for c, t in zip(zip(*rows, strict=True), types, strict=True)]
    store.connection.register("given", pa.table(columns, names))
    store.execute("CREATE TABLE lines AS FROM given")
    use = ["recency_days", "frequency", "monetary", "tenure_days", "return_rate"]
    own = {"largest": "max(amount)", "lines": "count(*)"}
    roles = {"customer_id": "customer", "ordered_at": "ordered_at"}
    if numbered:
        roles["order_id"] = "order_no"
    else:
        store.execute("ALTER TABLE lines DROP order_no")
    chosen = parse(
        {
            "as_of": "2026-02-01T00:00:00",
            "columns": {**roles, "amount": "amount", "category": "category"},
            "clean": clean,
            "features": {"use": use, "sql": own},
        }
    )
    with (
        patch.object(orders, "choose_strategy", lambda *_, **__: way),
        patch.object(count_strategy, "_MOST", 1.0),
    ):
        built = build_features(
            store,
            FeatureOptions.of(chosen),
            read_sources(store, SchemaHints.of(chosen), "lines", None, Notes()),
            Notes(),
        )
    assert ("segdb_unique_rows" in {name for _, name in temporary(store)}) == (
        way.extra == "unique"
    )
    found = [store.rows(t.order_by(t.columns)) for t in (built.features, built.rejected)]
    return [*found, built.accounts]


def temporary(store: DuckDB) -> list[tuple[str, str]]:
    asked = "SELECT schema_name, table_name FROM duckdb_tables() WHERE temporary"
    return store.connection.execute(asked).fetchall()


@pytest.mark.parametrize(
    ("duplicates", "returns"),
    [
        ("reject", "net"),
        ("keep", "reject"),
        pytest.param("reject", "reject", marks=pytest.mark.slow),
        pytest.param("keep", "net", marks=pytest.mark.slow),
    ],
)
@given(rows=st.lists(lines, max_size=14), copies=st.integers(0, 4))
@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_told_apart_or_folded_whole(
    duplicates: str, returns: str, rows: list[tuple[Any, ...]], copies: int
) -> None:
    # One sound order, or there would be nothing to take in; and rows that are there twice.
    rows = [(1, 99, START, 1.5, "tea"), *rows, *rows[:copies]]
    clean = {"duplicates": duplicates, "returns": returns, "reject": {"dear": "amount > 3"}}
    folded = taken_in(rows, {**clean}, EXACT)
    assert taken_in(rows, {**clean}, UNIQUE_ROWS) == folded
    assert taken_in(rows, {**clean}, UNIQUE_LINES) == folded
    assert taken_in(rows, {**clean}, LISTED) == folded


@given(rows=st.lists(lines, max_size=14), copies=st.integers(0, 4))
@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_moments_are_told_apart_where_orders_have_no_number(
    rows: list[tuple[Any, ...]], copies: int
) -> None:
    rows = [(1, 99, START, 1.5, "tea"), *rows, *rows[:copies]]
    folded, told = (taken_in(rows, {}, way, numbered=False) for way in (EXACT, UNIQUE_LINES))
    assert told == folded

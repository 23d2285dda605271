"""When rows may be counted for orders: only where a sample of the orders says so."""

from __future__ import annotations

from typing import Any

import duckdb
import ibis
import pytest

from segdb.features.catalogue import Catalogue, Entry
from segdb.reading import ColumnReading, Reading
from segdb.stages import clean
from segdb.stages.clean import Rules
from segdb.stages.features import WATCHED, per_customer
from segdb.stages.source import typed
from segdb.steps import one_row
from segdb.steps.one_row import counted_by_rows, may_be_one_row
from segdb.steps.progress import Notes
from segdb.store.duckdb import DuckDB
from segdb.store.raw import Raw

SCHEMA = {"c": "int64", "o": "int64", "at": "timestamp(6)", "amount": "float64"}
READING = Reading(
    tuple(ColumnReading(name, "native") for name in SCHEMA),
    {"customer_id": "c", "order_id": "o", "ordered_at": "at", "amount": "amount"},
)
# One row an order; the second half of each statement adds to it.
ORDERS = "SELECT i % 997 AS c, i AS o, TIMESTAMP '2026-01-01' AS at, 1.0 + i AS amount FROM r"
WITH = "WITH r AS (SELECT i::BIGINT AS i FROM range(20000) AS t(i)) "


def asked(more: str = "", *, deduplicate: bool = False, **changes: Any) -> tuple[bool, list[str]]:
    """Judge the orders as a run does: by the head first, then by those who are watched."""
    store, notes = DuckDB(duckdb.connect()), Notes()
    store.execute(f"CREATE TABLE orders AS {WITH}{ORDERS}{more}")
    raw = Raw(ibis.table(SCHEMA, name="orders"), "orders", None, stored=changes.get("stored", True))
    features = Catalogue((Entry(changes.get("feature", "frequency"), "orders"),))
    rows = clean.judged_orders(typed(raw.table, READING), READING, Rules())
    if not may_be_one_row(store, raw, rows, READING, features, deduplicate=deduplicate):
        return False, notes.notes
    rows = clean.folded(rows) if deduplicate else rows
    counts = store.table("counts", per_customer(rows, features, READING, one_row=True))
    found = counted_by_rows(store, counts, notes)
    if found is not None:
        assert WATCHED not in found.columns
        exact = per_customer(rows, features, READING).select("customer_id", "orders")
        counted = found.select("customer_id", "orders")
        assert store.rows(counted.order_by("customer_id")) == store.rows(
            exact.order_by("customer_id")
        )
    return found is not None, notes.notes


@pytest.fixture(autouse=True)
def _every_source_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_row, "LARGE", 20_000)
    monkeypatch.setattr(one_row, "_FEWEST", 5)


def test_orders_of_one_row_are_told_with_their_number() -> None:
    found, notes = asked()
    assert found
    (words,) = notes
    sampled = int(words.split()[3].replace(",", ""))
    assert 20_000 / 64 * 0.5 < sampled < 20_000 / 64 * 2
    customers = int(words.split()[6].replace(",", ""))
    assert 5 <= customers < sampled
    assert f"at most {3 / customers:.3%} of the customers" in words


def test_too_few_customers_tell_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_row, "_FEWEST", 100)
    assert asked() == (False, [])


def test_orders_of_several_rows_are_not_of_one() -> None:
    several = " UNION ALL SELECT i % 997, i, TIMESTAMP '2026-01-01', 2.5 FROM r WHERE i % 20 = 0"
    assert asked(several) == (False, [])


def test_orders_of_several_rows_behind_the_head_are_seen_by_those_who_are_watched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(one_row, "_HEAD", 1_000)
    late = " UNION ALL SELECT i % 997, i, TIMESTAMP '2026-01-01', 2.5 FROM r WHERE i > 15000"
    assert asked(late) == (False, [])


def test_a_return_under_the_id_of_its_order_is_no_row_of_it() -> None:
    assert asked(" UNION ALL SELECT i % 997, i, TIMESTAMP '2026-01-02', -1.0 FROM r")[0]


def test_copies_of_a_row_count_where_they_are_kept() -> None:
    copies = f" UNION ALL {ORDERS}"
    assert not asked(copies)[0]
    assert asked(copies, deduplicate=True)[0]


@pytest.mark.parametrize("changes", [{"stored": False}, {"feature": "monetary"}])
def test_it_is_not_asked_where_it_costs_more_or_nobody_counts(changes: dict[str, Any]) -> None:
    assert asked(**changes) == (False, [])


def test_a_small_source_is_counted_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_row, "LARGE", 20_001)
    assert asked() == (False, [])

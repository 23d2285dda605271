"""When rows may be counted for orders: only where a sample of the orders says so."""

from __future__ import annotations

from typing import Any

import duckdb
import ibis
import pytest

from segdb.features.catalogue import Catalogue, Entry
from segdb.reading import ColumnReading, Reading
from segdb.stages.chain import Recipe
from segdb.stages.clean import Rules
from segdb.steps import one_row
from segdb.steps.one_row import one_row_each
from segdb.steps.progress import Notes
from segdb.store.duckdb import DuckDB
from segdb.store.raw import Raw

SCHEMA = {"c": "int64", "o": "int64", "at": "timestamp(6)", "amount": "float64"}
READING = Reading(
    tuple(ColumnReading(name, "native") for name in SCHEMA),
    {"customer_id": "c", "order_id": "o", "ordered_at": "at", "amount": "amount"},
)
# One row an order; the second half of each statement adds to it.
ORDERS = "SELECT i % 97 AS c, i AS o, TIMESTAMP '2026-01-01' AS at, 1.0 + i AS amount FROM r"
WITH = "WITH r AS (SELECT i::BIGINT AS i FROM range(20000) AS t(i)) "


def asked(more: str = "", *, deduplicate: bool = False, **changes: Any) -> tuple[bool, list[str]]:
    store, notes = DuckDB(duckdb.connect()), Notes()
    store.execute(f"CREATE TABLE orders AS {WITH}{ORDERS}{more}")
    raw = Raw(ibis.table(SCHEMA, name="orders"), "orders", None, stored=changes.get("stored", True))
    recipe = Recipe({"orders": READING}, {"orders": Rules()}, deduplicate)
    features = Catalogue((Entry(changes.get("feature", "frequency"), "orders"),))
    return one_row_each(store, recipe, raw, READING, features, notes), notes.notes


@pytest.fixture(autouse=True)
def _every_source_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_row, "LARGE", 20_000)


def test_orders_of_one_row_are_told_with_their_number() -> None:
    found, notes = asked()
    assert found
    (words,) = notes
    sampled = int(words.split()[2].replace(",", ""))
    assert 20_000 / 64 * 0.7 < sampled < 20_000 / 64 * 1.3
    assert f"{3 / sampled:.4%}" in words


def test_orders_of_several_rows_are_not_of_one() -> None:
    several = " UNION ALL SELECT i % 97, i, TIMESTAMP '2026-01-01', 2.5 FROM r WHERE i % 20 = 0"
    assert asked(several) == (False, [])


def test_a_return_under_the_id_of_its_order_is_no_row_of_it() -> None:
    assert asked(" UNION ALL SELECT i % 97, i, TIMESTAMP '2026-01-02', -1.0 FROM r")[0]


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

"""When rows may be counted for orders: only where a sample of the orders says so."""

from __future__ import annotations

from typing import Any

import duckdb
import ibis
import pytest

from segdb.features.catalogue import Catalogue, Entry
from segdb.reading import ColumnReading, Reading
from segdb.stages.clean import Rules
from segdb.stages.one_row import WATCHED, alike
from segdb.steps import one_row
from segdb.steps.aggregation import Aggregation
from segdb.steps.one_row import borne_out, corrected, may_be_one_row
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


def aggregation(more: str, *, deduplicate: bool, **changes: Any) -> tuple[Aggregation, ibis.Table]:
    store = DuckDB(duckdb.connect())
    store.execute(f"CREATE TABLE orders AS {WITH}{ORDERS}{more}")
    raw = Raw(ibis.table(SCHEMA, name="orders"), "orders", None, stored=changes.get("stored", True))
    features = Catalogue((Entry(changes.get("feature", "frequency"), "orders"),))
    how = Aggregation(store, raw, READING, Rules(), features, None, deduplicate)
    return how, how.judged("segdb_orders")


def exact(how: Aggregation, rows: ibis.Table) -> list[dict[str, Any]]:
    counts = how.per_customer(how.once("all_once", rows))
    return how.store.rows(counts.order_by("customer_id"))


def asked(more: str = "", *, deduplicate: bool = False, **changes: Any) -> tuple[bool, list[str]]:
    """Judge the orders as a run does: by the head first, then by those who are watched."""
    notes = Notes()
    how, rows = aggregation(more, deduplicate=deduplicate, **changes)
    if not may_be_one_row(how, rows):
        return False, notes.notes
    counts = how.store.table("counts", how.per_customer(how.once("once", rows), "rows"))
    found = borne_out(how.store, counts, notes)
    if found is not None:
        assert WATCHED not in found.columns
        assert how.store.rows(found.order_by("customer_id")) == exact(how, rows)
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
    copies = f" UNION ALL {ORDERS} WHERE i % 500 = 0"
    assert not asked(copies)[0]
    assert asked(copies, deduplicate=True)[0]


def test_with_many_copies_most_customers_have_one() -> None:
    assert not asked(f" UNION ALL {ORDERS} WHERE i % 100 = 0", deduplicate=True)[0]


RARE = {
    "nothing": "",
    "copies": f" UNION ALL {ORDERS} WHERE i % 997 < 100",
    "orders of two rows": " UNION ALL SELECT i % 997, i, TIMESTAMP '2026-02-01', 2.5 FROM r "
    "WHERE i % 997 < 100",
    "returns": " UNION ALL SELECT i % 997, i, TIMESTAMP '2026-02-01', -1.0 FROM r",
    "nobody's": " UNION ALL SELECT NULL, NULL, TIMESTAMP '2026-02-01', 1.0 FROM r WHERE i < 9",
}


@pytest.mark.parametrize("deduplicate", [True, False])
@pytest.mark.parametrize("more", RARE)
def test_rows_are_counted_for_orders_of_those_whose_rows_were_told_apart(
    more: str, *, deduplicate: bool
) -> None:
    how, rows = aggregation(RARE[more], deduplicate=deduplicate)
    counts = how.store.table("counts", how.per_customer(rows, "told rows"))
    ids = how.store.table("alike", alike(counts))
    found = corrected(how, rows, counts, ids)
    assert found is not None
    assert how.store.rows(found.order_by("customer_id")) == exact(how, rows)
    again = {"copies": 100, "orders of two rows": 100}.get(more, 0)
    assert how.store.rows(ids.agg(n=ids.count())) == [{"n": again}]


def test_where_most_would_be_looked_at_again_all_are() -> None:
    how, rows = aggregation(f" UNION ALL {ORDERS} WHERE i % 997 < 400", deduplicate=True)
    counts = how.store.table("counts", how.per_customer(rows, "told rows"))
    assert corrected(how, rows, counts, how.store.table("alike", alike(counts))) is None


@pytest.mark.parametrize("changes", [{"stored": False}, {"feature": "monetary"}])
def test_it_is_not_asked_where_it_costs_more_or_nobody_counts(changes: dict[str, Any]) -> None:
    assert asked(**changes) == (False, [])


def test_a_small_source_is_counted_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_row, "LARGE", 20_001)
    assert asked() == (False, [])

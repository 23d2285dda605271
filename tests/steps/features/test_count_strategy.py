"""How a large source is aggregated: what its head and the pass itself say decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb
import ibis
import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.engines.raw_source import Raw
from segdb.expressions.count_strategy import (
    EXACT,
    LISTED,
    SAMPLED,
    SAMPLED_ROWS,
    UNIQUE_LINES,
    UNIQUE_ROWS,
    CountStrategy,
    with_duplicates,
)
from segdb.expressions.validate import Rules
from segdb.features.catalogue import Catalogue, Entry
from segdb.source_schema import ColumnReading, Reading
from segdb.steps.features import count_strategy
from segdb.steps.features.count_strategy import (
    aggregated,
    choose_strategy,
    corrected,
    validate_sample,
)
from segdb.steps.features.validate_orders import Aggregation
from segdb.steps.progress import Notes

SCHEMA = {"c": "int64", "o": "int64", "at": "timestamp(6)", "amount": "float64"}
READING = Reading(
    tuple(ColumnReading(name, "native") for name in SCHEMA),
    {"customer_id": "c", "order_id": "o", "ordered_at": "at", "amount": "amount"},
)
UNNUMBERED = replace(READING, roles={r: c for r, c in READING.roles.items() if r != "order_id"})
# One row an order; the second half of each statement adds to it.
ORDERS = "SELECT i % 997 AS c, i AS o, TIMESTAMP '2026-01-01' AS at, 1.0 + i AS amount FROM r"
WITH = "WITH r AS (SELECT i::BIGINT AS i FROM range(20000) AS t(i)) "


def aggregation(more: str, *, deduplicate: bool, **changes: Any) -> tuple[Aggregation, ibis.Table]:
    store = DuckDB(duckdb.connect())
    store.execute(f"CREATE TABLE orders AS {WITH}{ORDERS}{more}")
    raw = Raw(ibis.table(SCHEMA, name="orders"), "orders", None, stored=changes.get("stored", True))
    features = Catalogue((Entry(changes.get("feature", "frequency"), "orders"),))
    reading = changes.get("reading", READING)
    how = Aggregation(store, raw, reading, Rules(), features, None, deduplicate)
    return how, how.validated("segdb_orders")


def exact(how: Aggregation, rows: ibis.Table) -> list[dict[str, Any]]:
    counts = how.per_customer(how.once("all_once", rows))
    return how.store.rows(counts.order_by("customer_id"))


def asked(more: str = "", *, deduplicate: bool = False, **changes: Any) -> tuple[bool, list[str]]:
    """Judge the orders as a run does: by the head first, then by those who are watched."""
    notes = Notes()
    how, rows = aggregation(more, deduplicate=deduplicate, **changes)
    if choose_strategy(how, rows, sampled=True) not in (SAMPLED_ROWS, UNIQUE_ROWS):
        return False, notes.notes
    counts = how.store.table("counts", how.per_customer(how.once("once", rows), SAMPLED_ROWS))
    found = validate_sample(how.store, counts, notes)
    if found is not None:
        assert SAMPLED not in found.columns
        assert how.store.rows(found.order_by("customer_id")) == exact(how, rows)
    return found is not None, notes.notes


@pytest.fixture(autouse=True)
def _every_source_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count_strategy, "LARGE", 20_000)
    monkeypatch.setattr(count_strategy, "_FEWEST", 5)


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
    monkeypatch.setattr(count_strategy, "_FEWEST", 100)
    assert asked() == (False, [])


def test_orders_of_several_rows_are_not_of_one() -> None:
    several = " UNION ALL SELECT i % 997, i, TIMESTAMP '2026-01-01', 2.5 FROM r WHERE i % 20 = 0"
    assert asked(several) == (False, [])


def test_orders_of_several_rows_behind_the_head_are_seen_by_those_who_are_watched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(count_strategy, "_HEAD", 1_000)
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


@pytest.mark.parametrize("way", [UNIQUE_ROWS, UNIQUE_LINES], ids=["rows", "lines"])
@pytest.mark.parametrize("deduplicate", [True, False])
@pytest.mark.parametrize("more", RARE)
def test_only_those_whose_rows_were_not_told_apart_are_aggregated_again(
    more: str, way: CountStrategy, *, deduplicate: bool
) -> None:
    how, rows = aggregation(RARE[more], deduplicate=deduplicate)
    counts = how.store.table("counts", how.per_customer(rows, way))
    ids = how.store.table("alike", with_duplicates(counts))
    found = corrected(how, counts, ids)
    assert found is not None
    assert how.store.rows(found.order_by("customer_id")) == exact(how, rows)
    again = {"copies": 100, "orders of two rows": 100 if way == UNIQUE_ROWS else 0}.get(more, 0)
    assert how.store.rows(ids.agg(n=ids.count())) == [{"n": again}]


def test_where_most_would_be_looked_at_again_all_are() -> None:
    how, rows = aggregation(f" UNION ALL {ORDERS} WHERE i % 997 < 500", deduplicate=True)
    counts = how.store.table("counts", how.per_customer(rows, UNIQUE_ROWS))
    assert corrected(how, counts, how.store.table("alike", with_duplicates(counts))) is None


COPIES = f" UNION ALL {ORDERS} WHERE i % {{}} = 0"
SEVERAL = " UNION ALL SELECT i % 997, i, TIMESTAMP '2026-01-01', 2.5 FROM r WHERE i % 20 = 0"


@pytest.mark.parametrize(
    ("more", "deduplicate", "sampled", "changes", "way"),
    [
        ("", True, False, {}, UNIQUE_ROWS),
        ("", True, True, {}, UNIQUE_ROWS),
        ("", False, True, {}, SAMPLED_ROWS),
        ("", False, False, {}, UNIQUE_ROWS),
        (SEVERAL, True, False, {}, UNIQUE_LINES),
        (SEVERAL, False, False, {}, LISTED),
        ("", True, False, {"feature": "monetary"}, UNIQUE_LINES),
        ("", False, False, {"feature": "monetary"}, EXACT),
        ("", True, False, {"reading": UNNUMBERED}, UNIQUE_LINES),
        ("", False, False, {"reading": UNNUMBERED}, LISTED),
        ("", True, False, {"stored": False}, EXACT),
        (COPIES.format(500), True, False, {}, UNIQUE_ROWS),
        (COPIES.format(100), True, False, {}, EXACT),
        (SEVERAL + COPIES.format(5_000), True, False, {}, UNIQUE_LINES),
        (SEVERAL + COPIES.format(500), True, False, {}, EXACT),
        (COPIES.format(500), False, True, {}, LISTED),
    ],
)
def test_the_way_that_fits_a_source(
    more: str, changes: dict[str, Any], way: CountStrategy, *, deduplicate: bool, sampled: bool
) -> None:
    how, rows = aggregation(more, deduplicate=deduplicate, **changes)
    assert choose_strategy(how, rows, sampled=sampled) == way
    counts, _ = aggregated(how, rows, way, Notes())
    assert how.store.rows(counts.order_by("customer_id")) == exact(how, rows)


GUEST = " UNION ALL SELECT -1, -i, TIMESTAMP '2026-01-01', 1.0 FROM r WHERE i % 10 = 0"


def test_a_list_is_not_made_of_the_orders_of_one_giant() -> None:
    how, rows = aggregation(GUEST, deduplicate=True)
    assert choose_strategy(how, rows, sampled=False) == EXACT
    # Nobody's rows are never listed.
    how, rows = aggregation(GUEST.replace("-1,", "NULL,"), deduplicate=True)
    assert choose_strategy(how, rows, sampled=False) == UNIQUE_ROWS


@pytest.mark.parametrize("way", [UNIQUE_ROWS, UNIQUE_LINES, LISTED])
def test_what_the_memory_does_not_hold_is_aggregated_in_the_way_that_it_does(
    way: CountStrategy, monkeypatch: pytest.MonkeyPatch
) -> None:
    how, rows = aggregation(SEVERAL, deduplicate=way != LISTED)
    monkeypatch.setattr(DuckDB, "fitting", lambda *_: None)
    counts, with_duplicates = aggregated(how, rows, way, Notes())
    assert with_duplicates is None
    assert how.store.rows(counts.order_by("customer_id")) == exact(how, rows)


def test_a_small_source_is_counted_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count_strategy, "LARGE", 20_001)
    how, rows = aggregation("", deduplicate=True)
    assert choose_strategy(how, rows, sampled=True) == EXACT

"""What tells orders, and rows that are equal, apart, recounted row by row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb
import ibis
import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions import count_strategy
from segdb.expressions.aggregate_orders import per_customer
from segdb.expressions.typed_source import typed
from segdb.expressions.validate import Rules, validated_orders
from segdb.features.catalogue import Catalogue, Entry
from segdb.source_schema import ColumnReading, Kind, Reading

SCHEMA = {"c": "int64", "o": "int64", "at": "timestamp(6)", "amount": "float64"}
READING = Reading(
    tuple(ColumnReading(name, "native") for name in SCHEMA),
    {"customer_id": "c", "order_id": "o", "ordered_at": "at", "amount": "amount"},
)
CATALOGUE = Catalogue(tuple(Entry(n, "orders") for n in ("frequency", "average_order_value")))
DAY = datetime(2024, 1, 1)
PLAIN = [(1, 1, DAY, 5.0), (1, 2, DAY, 5.0), (1, 2, DAY, -5.0), (1, None, DAY, 7.0)]
CASES: dict[str, list[tuple[Any, ...]]] = {
    "equal rows": [(2, 3, DAY, 5.0), (2, 3, DAY, 5.0)],
    "an order of two rows": [(3, 4, DAY, 5.0), (3, 4, DAY, 6.0)],
    "a return in two rows": [(4, 5, DAY, -5.0), (4, 5, DAY, -6.0)],
    "two rows without a number": [(5, None, DAY, 5.0), (5, None, DAY, 6.0)],
    "equal rows without an amount": [(6, 6, DAY, None), (6, 6, DAY, None)],
}


def validated(rows: list[tuple[Any, ...]]) -> tuple[DuckDB, ibis.Table]:
    store = DuckDB(duckdb.connect())
    store.execute('CREATE TABLE o (c BIGINT, o BIGINT, "at" TIMESTAMP, amount DOUBLE)')
    store.connection.executemany("INSERT INTO o VALUES (?, ?, ?, ?)", rows).fetchall()
    return store, validated_orders(typed(ibis.table(SCHEMA, name="o"), READING), READING, Rules())


def aggregated(
    store: DuckDB, orders: ibis.Table, way: count_strategy.CountStrategy
) -> tuple[ibis.Table, list[dict[str, Any]]]:
    counts = per_customer(orders, CATALOGUE, READING, strategy=way)
    table = store.table("counts", counts)
    return table, store.rows(table.order_by("customer_id"))


def test_customers_whose_rows_differ_are_aggregated_as_if_orders_were_told() -> None:
    store, orders = validated(PLAIN)
    counts, _ = aggregated(store, orders, count_strategy.UNIQUE_ROWS)
    assert store.rows(count_strategy.with_duplicates(counts)) == []
    found = store.rows(count_strategy.without_duplicates(counts))
    _, expected = aggregated(store, orders, count_strategy.EXACT)
    assert found == expected
    assert (expected[0]["orders"], expected[0]["read_rows"]) == (3, 4)


@pytest.mark.parametrize("case", CASES)
def test_customers_whose_rows_may_be_alike(case: str) -> None:
    store, orders = validated(PLAIN + CASES[case])
    counts, _ = aggregated(store, orders, count_strategy.UNIQUE_ROWS)
    ((customer, _, _, _), _) = CASES[case]
    assert store.rows(count_strategy.with_duplicates(counts)) == [
        {"customer_id": customer, "read_rows": 2}
    ]
    assert [
        row["customer_id"] for row in store.rows(count_strategy.without_duplicates(counts))
    ] == [1]


def test_rows_without_a_customer_need_not_be_told_apart() -> None:
    store, orders = validated([*PLAIN, (None, None, DAY, 5.0), (None, None, DAY, 5.0)])
    counts, _ = aggregated(store, orders, count_strategy.UNIQUE_ROWS)
    assert store.rows(count_strategy.with_duplicates(counts)) == []
    apart = store.rows(count_strategy.without_duplicates(counts).order_by("customer_id"))
    _, expected = aggregated(store, orders, count_strategy.EXACT)
    assert apart == expected
    assert expected[-1]["customer_id"] is None


def test_who_is_watched_is_listed_once_a_row() -> None:
    rows = [(c, 10 * c + o, DAY, 1.0) for c in range(1000) for o in (1, 2, 2, 3)]
    store, orders = validated(rows)
    counts, found = aggregated(store, orders, count_strategy.SAMPLED_ROWS)
    lists = [
        row[count_strategy.SAMPLED] for row in found if row[count_strategy.SAMPLED] is not None
    ]
    assert 1000 / 64 / 2 < len(lists) < 1000 / 64 * 2
    assert all(len(ids) == 4 and len(set(ids)) == 3 for ids in lists)
    expected = {"customers": len(lists), "rows": 4 * len(lists), "orders": 3 * len(lists)}
    assert store.rows(count_strategy.sampled_counts(counts)) == [expected]


def test_the_rows_of_an_order() -> None:
    store, orders = validated(PLAIN)
    assert store.rows(count_strategy.rows_an_order(orders)) == [{"most": 1}]
    store, orders = validated(PLAIN + CASES["equal rows"])
    assert store.rows(count_strategy.rows_an_order(orders)) == [{"most": 2}]


def test_the_copies_among_rows_that_are_kept() -> None:
    store, orders = validated(PLAIN + CASES["equal rows"] + CASES["equal rows without an amount"])
    folded = orders.group_by(orders.columns).agg(copies=orders.count())
    assert store.rows(count_strategy.copies(folded)) == [{"rows": 5, "copies": 1}]


@pytest.mark.parametrize("case", CASES)
def test_lines_are_told_apart_by_all_of_their_columns(case: str) -> None:
    store, orders = validated(PLAIN + CASES[case])
    counts, found = aggregated(store, orders, count_strategy.UNIQUE_LINES)
    ((customer, _, _, _), _) = CASES[case]
    equal = [{"customer_id": customer, "read_rows": 2}] if case.startswith("equal") else []
    assert store.rows(count_strategy.with_duplicates(counts)) == equal
    _, expected = aggregated(store, orders, count_strategy.EXACT)
    assert [{**row, count_strategy.UNIQUE: None} for row in found] == [
        {**row, count_strategy.UNIQUE: None} for row in expected
    ]


@pytest.mark.parametrize(
    "way", [count_strategy.LISTED, count_strategy.UNIQUE_LINES, count_strategy.SAMPLED_ROWS]
)
def test_a_collation_tells_what_is_one_order(way: count_strategy.CountStrategy) -> None:
    schema = {**SCHEMA, "o": "string"}
    kinds: list[Kind] = ["native", "text", "native", "native"]
    columns = tuple(ColumnReading(*part) for part in zip(schema, kinds, strict=True))
    reading = Reading(columns, READING.roles)
    store = DuckDB(duckdb.connect())
    same = "SELECT hash('A7' COLLATE NOCASE) = hash('a7' COLLATE NOCASE) AS same"
    if not store.rows(same)[0]["same"]:
        pytest.skip(f"DuckDB {duckdb.__version__} hashes texts by their bytes, whatever collates")
    store.execute(
        "CREATE TABLE o AS SELECT c, n COLLATE NOCASE AS o, DATE '2024-01-01' + 0 AS \"at\", "
        "1.0::DOUBLE AS amount FROM range(1000) AS r(c), (VALUES ('A7'), ('a7'), ('b')) AS v(n)"
    )
    store.execute('ALTER TABLE o ALTER "at" TYPE TIMESTAMP')
    orders = validated_orders(typed(ibis.table(schema, name="o"), reading), reading, Rules())
    table = store.table("counts", per_customer(orders, CATALOGUE, reading, strategy=way))
    if way == count_strategy.SAMPLED_ROWS:
        (row,) = store.rows(count_strategy.sampled_counts(table))
        assert row["rows"] == 3 * row["customers"]
        assert row["orders"] == 2 * row["customers"]
    else:
        assert store.rows(table.agg(most=table.orders.max())) == [{"most": 2}]


def test_the_share_of_the_customer_with_most_rows() -> None:
    store, orders = validated([*PLAIN, *CASES["equal rows"], *([(None, 1, DAY, 1.0)] * 9)])
    assert store.rows(count_strategy.heaviest(orders)) == [{"share": 4 / 6}]


def test_listed_orders_are_as_many_as_distinct_ones() -> None:
    rows = PLAIN + [row for rows in CASES.values() for row in rows]
    store, orders = validated(rows)
    _, found = aggregated(store, orders, count_strategy.LISTED)
    _, expected = aggregated(store, orders, count_strategy.EXACT)
    assert found == expected
    # Without an order's number, its moment is what is told apart.
    store, orders = validated([*rows, (8, None, None, 5.0)])
    orders = orders.drop("order_id")
    _, found = aggregated(store, orders, count_strategy.LISTED)
    _, expected = aggregated(store, orders, count_strategy.EXACT)
    assert found == expected

"""One GROUP BY over the orders, and the table of features that comes of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import ibis
import pyarrow as pa
import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions import aggregate_orders as stage
from segdb.features.catalogue import REGISTRY, Catalogue, Entry
from segdb.features.feature import epoch
from segdb.source_schema import ColumnReading, Reading

NOON = datetime(2024, 1, 31, 12)
# Customer, order, moment, amount, code, reason: as cleaning leaves them.
ROWS = [
    (1, "a", NOON, 10.0, "x", None),
    (1, "a", NOON, 5.5, "y", None),
    (1, "b", NOON - timedelta(days=10), 4.5, "x", None),
    (1, "c", NOON, -3.0, "x", None),
    (1, "d", NOON + timedelta(days=99), 99.0, "z", "future date"),
    (2, None, NOON - timedelta(days=1, microseconds=1), 7.0, "x", None),
    (3, "e", NOON, -2.0, "x", None),
    (4, "f", NOON, 1.0, "x", "odd"),
    (None, "g", NOON, 1.0, "x", "missing id"),
]
READING = Reading((ColumnReading("code", "native"), ColumnReading("big", "native")), {})


def entry(name: str, sql: str | None = None) -> Entry:
    return Entry(name, "sql", sql=sql) if sql else Entry(name, "orders")


@pytest.fixture
def orders(store: DuckDB) -> ibis.Table:
    store.execute(
        "CREATE TABLE orders (customer_id BIGINT, order_id VARCHAR, ordered_at TIMESTAMP, "
        "amount DECIMAL(18, 4), code VARCHAR, reason VARCHAR)"
    )
    store.connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)", ROWS).fetchall()
    table = store.unbound("orders", "orders")
    return table.mutate(
        returned=table.amount < 0, copies=ibis.literal(2, "int64"), big=table.amount
    )


def test_rejected_rows_are_counted_and_nothing_else(store: DuckDB, orders: ibis.Table) -> None:
    grouped = stage.per_customer(orders, Catalogue((entry("monetary"),)), READING)
    rows = {row["customer_id"]: row for row in store.rows(grouped)}
    assert {key: row["read_rows"] for key, row in rows.items()} == {
        1: 10, 2: 2, 3: 2, 4: 2, None: 2,
    }  # fmt: skip
    assert {key: row["kept_rows"] for key, row in rows.items()} == {
        1: 4, 2: 1, 3: 1, 4: 0, None: 0,
    }  # fmt: skip
    assert float(rows[1]["revenue"]) == 17.0
    assert rows[3]["last_order_at"] is None
    assert rows[4]["revenue"] is None
    customers = store.table("customers", grouped)
    assert store.rows(stage.totals(customers)) == [
        {"read_rows": 18, "kept_rows": 6, "last_order_at": NOON}
    ]
    assert store.rows(stage.without_orders(customers)) == [
        {"customer_id": 3, "reason": "only returns"}
    ]


def test_every_feature_by_one_pass(store: DuckDB, orders: ibis.Table) -> None:
    full = orders.mutate(quantity=ibis.literal(1.0), category=orders.code)
    catalogue = Catalogue(tuple(entry(name) for name in REGISTRY))
    grouped = stage.per_customer(full, catalogue, READING)
    features = stage.of_orders(store.table("customers", grouped), catalogue, epoch(NOON))
    assert list(features.columns) == ["customer_id", *REGISTRY]
    assert {str(kind) for name, kind in features.schema().items() if name != "customer_id"} == {
        "float64"
    }
    rows = store.rows(features.order_by("customer_id"))
    assert [row["customer_id"] for row in rows] == [1, 2]
    assert rows[0] == {
        "customer_id": 1,
        "recency_days": 0.0,
        "frequency": 2.0,
        "monetary": 17.0,
        "tenure_days": 10.0,
        "average_order_value": 8.5,
        "days_between_orders": 10.0,
        "items_per_order": 1.5,
        "categories": 2.0,
        "return_rate": 0.15,
        "active_months": 1.0,
    }
    # A day and a microsecond ago; and an order without an id is an order.
    assert (rows[1]["recency_days"], rows[1]["frequency"]) == (1.0, 1.0)
    assert rows[1]["days_between_orders"] is None


def test_without_as_of_it_is_the_midnight_after_the_last_order(
    store: DuckDB, orders: ibis.Table
) -> None:
    catalogue = Catalogue((entry("recency_days"), entry("tenure_days")))
    customers = store.table("customers", stage.per_customer(orders, catalogue, READING))
    live = store.rows(stage.of_orders(customers, catalogue, None).order_by("customer_id"))
    midnight = epoch(datetime(2024, 2, 1))
    said = store.rows(stage.of_orders(customers, catalogue, midnight).order_by("customer_id"))
    assert live == said
    assert live[0]["recency_days"] == 0.0


def test_the_users_features_may_be_called_like_our_aggregates(
    store: DuckDB, orders: ibis.Table
) -> None:
    catalogue = Catalogue(
        (
            entry("monetary"),
            entry("revenue", "count(DISTINCT code)"),
            entry("kept_rows", "count(*) FILTER (WHERE code = 'x') / 4"),
            entry('my "own" 😀', "max(CODE) = 'y'"),
            entry("last_order_at", "sum(big)"),
        )
    )
    customers = store.table("customers", stage.per_customer(orders, catalogue, READING))
    rows = store.rows(stage.of_orders(customers, catalogue, epoch(NOON)).order_by("customer_id"))
    assert list(rows[0].values()) == [1, 17.0, 2.0, 0.75, 1.0, 17.0]
    assert list(rows[1].values()) == [2, 7.0, 1.0, 0.25, 0.0, 7.0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1e99", 1e99),
        ("-3.5", -3.5),
        ("nan", None),
        ("inf", None),
        ("-inf", None),
        ("1e101", None),
        ("-1e308", None),
        (None, None),
    ],
)
def test_finite(store: DuckDB, text: str | None, wanted: float | None) -> None:
    store.connection.register("numbers", pa.table({"a": pa.array([text], pa.string())}))
    table = store.unbound("numbers", "numbers")
    number = table.a.cast("float64")
    assert store.rows(table.select(a=stage.finite(number))) == [{"a": wanted}]


@pytest.mark.parametrize("kind", ["int64", "decimal(18, 4)", "boolean"])
def test_finite_of_whole_numbers_is_a_cast(store: DuckDB, kind: str) -> None:
    store.connection.register("numbers", pa.table({"a": [1]}))
    table = store.unbound("numbers", "numbers")
    got = store.fetch(table.select(a=stage.finite(table.a.cast(kind))))
    assert got.schema.field("a").type == pa.float64()
    assert got["a"].to_pylist() == [1.0]


CUSTOMERS = Reading(
    (
        ColumnReading("Income", "number", decimal=","),
        ColumnReading("Education", "text"),
        ColumnReading("reason", "native"),
    ),
    {"customer_id": "id"},
    ("NA",),
)


@pytest.fixture
def customers(store: DuckDB) -> ibis.Table:
    rows = {
        "customer_id": [1, 2, 3, 4],
        "Income": ["1.234,5", "NA", "1e400", "7"],
        "Education": [" PhD ", "NA", "Master", "PhD"],
        "reason (source)": [1.0, float("nan"), None, 2.0],
        "reason": pa.array([None, None, None, "duplicate customer"], pa.string()),
    }
    store.connection.register("customers", pa.table(rows))
    return store.unbound("customers", "customers")


def test_attributes_and_categories_of_kept_customers(store: DuckDB, customers: ibis.Table) -> None:
    catalogue = Catalogue(
        (
            Entry("Income", "attribute", "Income"),
            Entry("why", "attribute", "reason"),
            Entry("Education_PhD", "category", "Education", "PhD"),
        )
    )
    rows = store.rows(stage.of_customers(customers, catalogue, CUSTOMERS).order_by("customer_id"))
    assert [list(row.values()) for row in rows] == [
        [1, 1234.5, 1.0, 1.0],
        [2, None, None, None],
        [3, None, None, 0.0],
    ]


def test_values_of_a_category_in_order(store: DuckDB, customers: ibis.Table) -> None:
    rows = store.rows(stage.category_values(customers, "Education", CUSTOMERS))
    assert [row["value"] for row in rows] == ["Master", "PhD"]


def test_join_complete_and_incomplete(store: DuckDB) -> None:
    store.connection.register("left", pa.table({"customer_id": [1, 2, 3], "a": [1.0, None, 3.0]}))
    store.connection.register("right", pa.table({"customer_id": [1, 2, 9], "b": [5.0, 6.0, 7.0]}))
    left, right = store.unbound('"left"', "left"), store.unbound('"right"', "right")
    joined = stage.joined(left, right)
    assert store.rows(joined.order_by("customer_id")) == [
        {"customer_id": 1, "a": 1.0, "b": 5.0},
        {"customer_id": 2, "a": None, "b": 6.0},
        {"customer_id": 3, "a": 3.0, "b": None},
    ]
    lacking = store.rows(stage.incomplete(joined, ("b", "a")).order_by("customer_id"))
    assert [tuple(row.values()) for row in lacking] == [(2, "missing a"), (3, "missing b")]
    assert [row["customer_id"] for row in store.rows(stage.complete(joined, ("b", "a")))] == [1]
    assert len(store.rows(stage.complete(joined, ("a",)))) == 2

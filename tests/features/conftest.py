"""A hundred customers' judged orders, as DuckDB has them and as Python has them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import duckdb
import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.aggregate_orders import of_orders, per_customer
from segdb.features.catalogue import Catalogue, Entry
from segdb.features.feature import epoch
from segdb.source_schema import Reading

AS_OF = datetime(2024, 3, 1, 12, 30)


@dataclass(frozen=True)
class Order:
    """An order row, judged."""

    customer_id: int
    order_id: str | None
    ordered_at: datetime
    amount: Decimal
    quantity: float | None
    category: str | None
    returned: bool
    reason: str | None


def made() -> list[Order]:
    draw = random.Random(4)
    rows = []
    for customer in range(100):
        for basket in range(draw.choice([1, 1, 2, 3, 9])):
            moment = AS_OF - timedelta(microseconds=draw.randrange(700 * 86_400_000_000))
            moment -= timedelta(microseconds=moment.microsecond * draw.randrange(2))
            key = None if draw.random() < 0.05 else f"{customer}-{basket // 2}"
            for _ in range(draw.randint(1, 4)):
                returned = draw.random() < 0.1
                amount = Decimal(draw.randrange(0, 500_000)) / 10_000
                rows.append(
                    Order(
                        customer,
                        key,
                        moment,
                        -amount if returned else amount,
                        draw.choice([1.0, 2.0, 0.5, None]),
                        draw.choice(["a", "b", "B", "ü", None]),
                        returned,
                        draw.choice([None] * 9 + ["not a product"]),
                    )
                )
    return rows


Orders = Mapping[int, list[Order]]
Answers = Mapping[int, float | None]


@pytest.fixture(scope="session")
def bought() -> Orders:
    """Of each customer who bought, the kept rows, returns among them."""
    kept = defaultdict(list)
    for order in made():
        if order.reason is None:
            kept[order.customer_id].append(order)
    return {
        customer: orders
        for customer, orders in kept.items()
        if any(not order.returned for order in orders)
    }


@pytest.fixture(scope="session")
def computed() -> Iterator[Callable[[str], Answers]]:
    """The value of a feature of each customer, computed by the stages."""
    with duckdb.connect() as connection:
        store = DuckDB(connection)
        connection.execute(
            "CREATE TABLE orders (customer_id BIGINT, order_id VARCHAR, ordered_at TIMESTAMP, "
            "amount DECIMAL(18, 4), quantity DOUBLE, category VARCHAR, returned BOOLEAN, "
            "reason VARCHAR)"
        ).fetchall()
        connection.executemany(
            "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [list(vars(order).values()) for order in made()],
        ).fetchall()
        orders = store.unbound("orders", "orders")

        def compute(name: str) -> Answers:
            catalogue = Catalogue((Entry(name, "orders"),))
            customers = per_customer(orders, catalogue, Reading((), {}))
            rows = store.rows(of_orders(customers, catalogue, epoch(AS_OF)))
            return {row["customer_id"]: row[name] for row in rows}

        yield compute

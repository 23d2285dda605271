"""Items, categories, returns, months: against plain Python."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

import duckdb
import ibis
import pytest

from segdb.features.basket import BASKET, RETURN_RATE
from segdb.sql import to_sql


class Order(Protocol):
    """What these features read of an order row."""

    order_id: str | None
    ordered_at: datetime
    amount: Decimal
    quantity: float | None
    category: str | None
    returned: bool


def items_per_order(orders: Sequence[Order]) -> float | None:
    bought = [order for order in orders if not order.returned]
    quantities = [order.quantity for order in bought if order.quantity is not None]
    keys = [order.order_id for order in bought]
    count = len({key for key in keys if key is not None}) + keys.count(None)
    return sum(quantities) / count if quantities else None


def return_rate(orders: Sequence[Order]) -> float:
    gross = sum(order.amount for order in orders if not order.returned)
    back = -sum(order.amount for order in orders if order.returned)
    return float(back / gross) if gross else 0.0


CASES: Mapping[str, Callable[[Sequence[Order]], float | None]] = {
    "items_per_order": items_per_order,
    "categories": lambda orders: len({o.category for o in orders if not o.returned and o.category}),
    "return_rate": return_rate,
    "active_months": lambda orders: len(
        {(o.ordered_at.year, o.ordered_at.month) for o in orders if not o.returned}
    ),
}


@pytest.mark.parametrize("name", [feature.name for feature in BASKET])
def test_feature(
    name: str,
    bought: Mapping[int, Sequence[Order]],
    computed: Callable[[str], Mapping[int, float | None]],
) -> None:
    wanted = {customer: CASES[name](orders) for customer, orders in bought.items()}
    got = computed(name)
    assert got.keys() == wanted.keys()
    for customer, value in got.items():
        other = wanted[customer]
        assert (value is None) == (other is None)
        assert math.isclose(value or 0.0, other or 0.0, rel_tol=1e-9, abs_tol=1e-9)
    assert len(set(got.values())) > 3


def test_who_bought_for_nothing_gave_nothing_back() -> None:
    table = ibis.table({"gross": "decimal(18, 4)", "revenue": "decimal(18, 4)"}, name="customers")
    sql = to_sql(table.select(rate=RETURN_RATE.value(table, 0)))
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE customers AS SELECT gross::DECIMAL(18, 4) AS gross, revenue::DECIMAL(18, "
            "4) AS revenue FROM (VALUES (0, 0), (0, -5), (20, 15)) t(gross, revenue)"
        ).fetchall()
        assert connection.execute(sql).fetchall() == [(0.0,), (0.0,), (0.25,)]

"""Recency, frequency, monetary and what follows: against plain Python."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

import pytest

from segdb.features.behaviour import BEHAVIOUR

AS_OF = datetime(2024, 3, 1, 12, 30)
DAY = timedelta(days=1)


class Order(Protocol):
    """What these features read of an order row."""

    order_id: str | None
    ordered_at: datetime
    amount: Decimal
    returned: bool


def moments(orders: Sequence[Order]) -> list[datetime]:
    return [order.ordered_at for order in orders if not order.returned]


def frequency(orders: Sequence[Order]) -> int:
    bought = [order.order_id for order in orders if not order.returned]
    return len({key for key in bought if key is not None}) + bought.count(None)


def monetary(orders: Sequence[Order]) -> float:
    return float(sum(order.amount for order in orders))


def gap(orders: Sequence[Order]) -> float | None:
    gaps = frequency(orders) - 1
    return (max(moments(orders)) - min(moments(orders))) / DAY / gaps if gaps else None


CASES: Mapping[str, Callable[[Sequence[Order]], float | None]] = {
    "recency_days": lambda orders: (AS_OF - max(moments(orders))) // DAY,
    "frequency": frequency,
    "monetary": monetary,
    "tenure_days": lambda orders: (AS_OF - min(moments(orders))) // DAY,
    "average_order_value": lambda orders: monetary(orders) / frequency(orders),
    "days_between_orders": gap,
}


@pytest.mark.parametrize("name", [feature.name for feature in BEHAVIOUR])
def test_feature(
    name: str,
    bought: Mapping[int, Sequence[Order]],
    computed: Callable[[str], Mapping[int, float | None]],
) -> None:
    wanted = {customer: CASES[name](orders) for customer, orders in bought.items()}
    got = computed(name)
    assert got.keys() == wanted.keys()
    assert {c for c, value in got.items() if value is None} == {
        c for c, value in wanted.items() if value is None
    }
    for customer, value in got.items():
        if value is not None:
            assert math.isclose(value, wanted[customer] or 0.0, rel_tol=1e-9, abs_tol=1e-9)
    assert len(set(got.values())) > 3

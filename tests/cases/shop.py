"""A small shop of which the truth is known, for files in which people keep such shops."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache


@dataclass(frozen=True)
class Line:
    """A line of an order.

    Attributes:
        product: its number.
        pieces: how many.
        price: of one piece.
    """

    product: int
    pieces: int
    price: Decimal

    @property
    def total(self) -> Decimal:
        return self.pieces * self.price


@dataclass(frozen=True)
class Order:
    """An order of a customer."""

    number: int
    customer: int
    moment: datetime
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0))


CUSTOMERS, ORDERS = 36, 160
FIRST = datetime(2025, 2, 3, 8, 15)


@cache
def orders() -> tuple[Order, ...]:
    """Return 160 orders of 36 customers in 2025, of one to four products each."""
    draw = random.Random(11)
    prices = [Decimal(draw.randrange(150, 9_000)) / 100 for _ in range(30)]
    made, moment = [], FIRST
    for number in range(ORDERS):
        customer = (
            number if number < CUSTOMERS else min(draw.randrange(CUSTOMERS), draw.randrange(50))
        )
        customer %= CUSTOMERS
        moment += timedelta(minutes=draw.randrange(60, 5_000))
        products = draw.sample(range(30), draw.choice([1, 2, 2, 3, 4]))
        lines = tuple(Line(p, draw.choice([1, 1, 2, 3, 5]), prices[p]) for p in products)
        made.append(Order(7001 + number, customer, moment, lines))
    return tuple(made)


def revenue(made: Sequence[Order] | None = None) -> Decimal:
    """Return the sum of the orders."""
    return sum((order.total for order in made or orders()), Decimal(0))


def as_of() -> datetime:
    """Return the midnight after the last order."""
    last = orders()[-1].moment
    return datetime(last.year, last.month, last.day) + timedelta(days=1)


def code(customer: int) -> str:
    """Return a customer's id as text."""
    return f"K{customer:03d}"

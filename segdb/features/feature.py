"""What a feature of the orders is: a name, a unit, a sentence, and two small expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import ibis.expr.types as ir

from segdb.source_schema import Role

SECONDS_A_DAY = 86_400
Counting = Literal["distinct", "listed", "rows"]


@dataclass(frozen=True)
class Orders:
    """The validated order rows, and which of them count.

    Attributes:
        table: order rows with their role columns.
        kept: the row was not rejected.
        bought: the row was kept and is no return.
        counting: what is counted for orders: those that are ``distinct``, which costs several times
            the rest; the same, ``listed``; or their ``rows``.
    """

    table: ir.Table
    kept: ir.BooleanValue
    bought: ir.BooleanValue
    counting: Counting = "distinct"


Aggregates = Mapping[str, Callable[[Orders], ir.Scalar]]


@dataclass(frozen=True)
class Feature:
    """A feature of a customer's orders.

    Attributes:
        name: its column in ``customer_features``.
        unit: days, orders, currency, items, share, months or categories.
        sentence: what it is, for people.
        better: which end a business wants.
        aggregates: what it needs of the one GROUP BY over the orders, by column name; the same
            name means the same aggregate in every feature.
        value: the feature from those columns and the epoch second of ``as_of``, a constant
            or a column; NULL where it has no meaning.
        roles: the roles without which it cannot be had.
    """

    name: str
    unit: str
    sentence: str
    better: Literal["higher", "lower"]
    aggregates: Aggregates
    value: Callable[[ir.Table, int | ir.IntegerValue], ir.Value]
    roles: frozenset[Role] = frozenset()


def epoch(moment: datetime) -> int:
    """Return a local time without a zone as seconds since 1970-01-01."""
    return int(moment.replace(tzinfo=UTC).timestamp())

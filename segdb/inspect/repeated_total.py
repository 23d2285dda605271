"""Repeated total: an order's amount that stands in each of its lines, and must count once."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from segdb.expressions.typed_source import carried
from segdb.inspect.value_patterns import Ask

# Orders with lines of different products; of fewer nothing is said.
_FEWEST = 10
_NEARLY_ALL = 0.95
# Where two orders are so often of one amount, lines of one order are by chance.
_CHANCE = 0.3


@dataclass(frozen=True)
class Repetition:
    """How amounts lie within orders of several lines.

    Attributes:
        orders: those of several lines, of different products where products are known.
        constant: of them, those in which the amount is the same in each line.
        chance: how probably two orders have the same amount.
    """

    orders: int
    constant: int
    chance: float

    @property
    def is_of_order(self) -> bool:
        """Whether the amount is of the whole order."""
        enough = self.orders >= _FEWEST and self.chance < _CHANCE
        return enough and self.constant >= _NEARLY_ALL * self.orders


def repetition(rows: ir.Table, product: str | None, ask: Ask) -> Repetition:
    """Return how amounts lie within orders.

    Args:
        rows: typed order lines, with ``order_id`` and ``amount``.
        product: a column that tells products apart; None where there is none.
        ask: runs a small query.
    """
    what = rows[carried(product)].cast("string") if product else ibis.row_number().cast("string")
    rows = rows.select(order=rows.order_id, amount=rows.amount, what=what)
    rows = rows.filter(rows.order.notnull() & rows.amount.notnull() & (rows.amount != 0))
    orders = rows.group_by("order").agg(
        amounts=rows.amount.nunique(), products=rows.what.nunique(), amount=rows.amount.max()
    )
    several = orders["products"] > 1
    # By their amount, for how many pairs of orders have the same one.
    sizes = orders.group_by("amount").agg(
        n=orders.count(), several=several.sum(), constant=(several & (orders.amounts == 1)).sum()
    )
    row = ask(
        sizes.agg(
            several=sizes.several.sum(),
            constant=sizes.constant.sum(),
            pairs=(sizes.n * sizes.n).sum(),
            n=sizes.n.sum(),
        )
    ).to_pylist()[0]
    return Repetition(
        int(row["several"] or 0),
        int(row["constant"] or 0),
        float(row["pairs"] or 0) / max(float(row["n"] or 0), 1.0) ** 2,
    )

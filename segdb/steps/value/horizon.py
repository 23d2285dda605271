"""Horizon: how far ahead a run looks, by how long its history is and how often customers order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir

from segdb.engines.protocol import Database
from segdb.expressions.order_days import extent

_USUAL = 90
_GAPS = 2.0


@dataclass(frozen=True)
class Extent:
    """How much history there is.

    Attributes:
        last_day: of the last order, from 1970-01-01.
        days: from the first order to the last one.
        customers: who bought.
        returned: of them, who bought on another day again.
        gap: median over those of their mean days between orders; None where nobody came back.
    """

    last_day: int
    days: int
    customers: int
    returned: int
    gap: float | None

    def horizon(self, wanted: int | Literal["auto"]) -> int:
        """Return how many days to look ahead.

        Args:
            wanted: so many; or "auto": the larger of 90 and twice the gap, and no more than a third
                of the history.
        """
        if wanted != "auto":
            return wanted
        longest = max(1, self.days // 3)
        return min(longest, max(_USUAL, math.ceil(_GAPS * (self.gap or 0.0))))


def extent_of(store: Database, counts: ir.Table) -> Extent:
    """Return how much history there is.

    Args:
        store: where the orders are.
        counts: their aggregates, one row a customer, with those of ``order_days.spans``.
    """
    row = store.rows(extent(counts))[0]
    if row["first_day"] is None:
        return Extent(0, 0, 0, 0, None)
    gap = None if row["gap"] is None else float(row["gap"])
    days, returned = row["last_day"] - row["first_day"], int(row["returned"] or 0)
    return Extent(row["last_day"], days, int(row["customers"]), returned, gap)

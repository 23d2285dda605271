"""What lies in the orders: items, categories, returns, months."""

from __future__ import annotations

import ibis.expr.types as ir

from segdb.features.behaviour import ORDERS, REVENUE
from segdb.features.feature import Aggregates, Feature

GROSS: Aggregates = {"gross": lambda o: o.table.amount.sum(where=o.bought)}


def _share_returned(table: ir.Table) -> ir.Value:
    gross = table.gross.cast("float64")
    return ((gross - table.revenue.cast("float64")) / gross.nullif(0)).fill_null(0.0)


ITEMS_PER_ORDER = Feature(
    name="items_per_order",
    unit="items",
    sentence="Quantity bought, divided by frequency.",
    better="higher",
    aggregates={"items": lambda o: o.table.quantity.sum(where=o.bought), **ORDERS},
    value=lambda table, _: table["items"] / table.orders,
    roles=frozenset({"quantity"}),
)
CATEGORIES = Feature(
    name="categories",
    unit="categories",
    sentence="Distinct categories bought from.",
    better="higher",
    aggregates={"categories": lambda o: o.table.category.nunique(where=o.bought)},
    value=lambda table, _: table.categories,
    roles=frozenset({"category"}),
)
RETURN_RATE = Feature(
    name="return_rate",
    unit="share",
    sentence="Value returned, as a share of the value bought; 0 where returns are rejected.",
    better="lower",
    aggregates={**GROSS, **REVENUE},
    value=lambda table, _: _share_returned(table),
)
ACTIVE_MONTHS = Feature(
    name="active_months",
    unit="months",
    sentence="Distinct calendar months with an order.",
    better="higher",
    aggregates={"months": lambda o: o.table.ordered_at.truncate("M").nunique(where=o.bought)},
    value=lambda table, _: table.months,
)

BASKET = (ITEMS_PER_ORDER, CATEGORIES, RETURN_RATE, ACTIVE_MONTHS)

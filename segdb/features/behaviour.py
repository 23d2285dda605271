"""Recency, frequency, monetary, and what follows from them alone."""

from __future__ import annotations

import ibis.expr.types as ir

from segdb.features.feature import SECONDS_A_DAY, Aggregates, Feature, Orders
from segdb.features.listed import distinct_listed


def _orders(orders: Orders) -> ir.Scalar:
    known = "order_id" in orders.table.columns
    key = orders.table.order_id if known else orders.table.ordered_at
    if orders.counting == "rows":
        return orders.table.count(where=orders.bought)
    if orders.counting == "listed":
        number = distinct_listed(key, orders.bought).fill_null(0)
    else:
        number = key.nunique(where=orders.bought)
    # A row without an order id is an order of its own.
    return number + orders.table.count(where=orders.bought & key.isnull()) if known else number


FIRST: Aggregates = {"first_order_at": lambda o: o.table.ordered_at.min(where=o.bought)}
LAST: Aggregates = {"last_order_at": lambda o: o.table.ordered_at.max(where=o.bought)}
ORDERS: Aggregates = {"orders": _orders}
REVENUE: Aggregates = {"revenue": lambda o: o.table.amount.sum(where=o.kept)}


def _whole_days_since(moment: ir.Value, as_of: int | ir.IntegerValue) -> ir.Value:
    return (as_of - moment.epoch_seconds()) // SECONDS_A_DAY


def _days_between(table: ir.Table) -> ir.Value:
    span = table.last_order_at.epoch_seconds() - table.first_order_at.epoch_seconds()
    return span / float(SECONDS_A_DAY) / (table.orders - 1).nullif(0)


RECENCY = Feature(
    name="recency_days",
    unit="days",
    sentence="Whole days from the last order to as_of.",
    better="lower",
    aggregates=LAST,
    value=lambda table, as_of: _whole_days_since(table.last_order_at, as_of),
)
FREQUENCY = Feature(
    name="frequency",
    unit="orders",
    sentence="Distinct orders.",
    better="higher",
    aggregates=ORDERS,
    value=lambda table, _: table.orders,
)
MONETARY = Feature(
    name="monetary",
    unit="currency",
    sentence="Sum of the amounts of all orders, less returns where they are netted.",
    better="higher",
    aggregates=REVENUE,
    value=lambda table, _: table.revenue,
)
TENURE = Feature(
    name="tenure_days",
    unit="days",
    sentence="Whole days from the first order to as_of.",
    better="higher",
    aggregates=FIRST,
    value=lambda table, as_of: _whole_days_since(table.first_order_at, as_of),
)
AVERAGE_ORDER_VALUE = Feature(
    name="average_order_value",
    unit="currency",
    sentence="Monetary divided by frequency.",
    better="higher",
    aggregates={**REVENUE, **ORDERS},
    value=lambda table, _: table.revenue.cast("float64") / table.orders,
)
DAYS_BETWEEN_ORDERS = Feature(
    name="days_between_orders",
    unit="days",
    sentence="Mean days from one order to the next; missing with a single order.",
    better="lower",
    aggregates={**FIRST, **LAST, **ORDERS},
    value=lambda table, _: _days_between(table),
)

BEHAVIOUR = (
    RECENCY,
    FREQUENCY,
    MONETARY,
    TENURE,
    AVERAGE_ORDER_VALUE,
    DAYS_BETWEEN_ORDERS,
)

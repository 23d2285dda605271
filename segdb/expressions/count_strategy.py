"""Counts distinct orders and duplicate rows per customer without COUNT(DISTINCT).

COUNT(DISTINCT), or a GROUP BY of all columns, costs many times the rest of the GROUP BY by
customer. A list of each customer's values, deduplicated afterwards, costs half, in half of the
memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from segdb.expressions.coreset import uniform
from segdb.expressions.hashing import hashed
from segdb.expressions.typed_source import carried
from segdb.features.feature import Counting
from segdb.features.listed import distinct_listed, listed, number_of
from segdb.source_schema import Reading

# The order ids of one customer in 64, once a row.
SAMPLED = "sampled_orders"
# How many rows of a customer certainly differ.
UNIQUE = "unique_rows"
_SHARE = 1 / 64
_SEED = 3


@dataclass(frozen=True)
class CountStrategy:
    """How one GROUP BY over the orders counts orders, and finds duplicate rows.

    Attributes:
        counting: what is counted: distinct order ids, their list, or rows.
        extra: what the GROUP BY computes beside that. ``sampled``: the order ids of one customer
            in 64, once a row. ``unique``: how many rows of a customer differ: by order id and
            whether they were bought where rows are counted, else in any column.
    """

    counting: Counting = "distinct"
    extra: Literal["nothing", "sampled", "unique"] = "nothing"


EXACT = CountStrategy()
SAMPLED_ROWS, UNIQUE_ROWS = CountStrategy("rows", "sampled"), CountStrategy("rows", "unique")
LISTED, UNIQUE_LINES = CountStrategy("listed"), CountStrategy("listed", "unique")


def extra_aggregates(
    orders: ir.Table, reading: Reading, bought: ir.BooleanValue, strategy: CountStrategy
) -> dict[str, ir.Scalar]:
    """Return the extra aggregate of the strategy, if it has one.

    Args:
        orders: validated rows.
        reading: the source's columns.
        bought: which rows are bought.
        strategy: the strategy. ``sampled_orders`` is NULL for customers outside of the sample;
            ``unique_rows`` is NULL for rows without a customer, which are rejected anyway.
    """
    if strategy.extra == "nothing":
        return {}
    if strategy.extra == "sampled":
        own = bought & (uniform(orders.customer_id, _SEED) < _SHARE)
        return {SAMPLED: listed(orders.order_id, own)}
    parts: dict[str, ir.Value]
    if strategy.counting == "rows":
        parts = {"order_id": orders.order_id, "bought": bought}
    else:
        parts = {column.name: orders[carried(column.name)] for column in reading.columns}
    # Rows that GROUP BY takes for equal have equal hashes; equal hashes tell too few rows apart.
    key = hashed(ibis.struct(parts))
    return {UNIQUE: distinct_listed(key, orders.customer_id.notnull())}


def sampled_counts(customers: ir.Table) -> ir.Table:
    """Return one row: ``customers`` who were watched, their ``rows``, and ``orders`` of those.

    The lists are deduplicated here: among all customers it would cost more than the lists do.
    """
    lists = customers.filter(customers[SAMPLED].notnull())
    orders = lists[SAMPLED]
    return lists.agg(
        customers=lists.count(), rows=orders.length().sum(), orders=number_of(orders).sum()
    )


def without_duplicates(customers: ir.Table) -> ir.Table:
    """Return the aggregates of customers none of whose rows are duplicates, or without a customer.

    No two rows of a customer are equal; where rows are counted, each order is one row.
    """
    own = [name for name in customers.columns if name != UNIQUE]
    apart = (customers[UNIQUE] == customers.read_rows) | customers.customer_id.isnull()
    return customers.filter(apart).select(*own)


def with_duplicates(customers: ir.Table) -> ir.Table:
    """Return (customer_id, read_rows) of all other customers."""
    others = customers.filter(customers[UNIQUE] != customers.read_rows)
    return others.select("customer_id", "read_rows")


def rows_an_order(orders: ir.Table) -> ir.Table:
    """Return one row with the ``most`` rows that an order has of those that were bought."""
    bought = orders.filter(orders.reason.isnull() & ~orders.returned & orders.order_id.notnull())
    counted = bought.group_by("customer_id", "order_id").agg(rows=bought.count())
    return counted.agg(most=counted["rows"].max())


def heaviest(orders: ir.Table) -> ir.Table:
    """Return one row with the ``share`` of the rows that the customer with most of them has."""
    own = orders.filter(orders.customer_id.notnull())
    counted = own.group_by("customer_id").agg(rows=own.count())
    return counted.agg(share=counted["rows"].max() / counted["rows"].sum())


def copies(orders: ir.Table) -> ir.Table:
    """Return one row: the ``rows`` that are kept, equal ones folded, and their ``copies``."""
    kept = orders.filter(orders.reason.isnull())
    return kept.agg(rows=kept.count(), copies=(kept.copies.sum() - kept.count()).cast("int64"))

"""Telling: how the pass over the orders tells a customer's orders, and rows that are equal, apart.

A count(DISTINCT), or a fold of rows that are equal in every column, costs the pass many times the
rest of it. A list of each customer's values, told apart behind it, costs half and needs half of
the memory.
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

# What is listed of one customer in so many.
WATCHED = "watched_orders"
# How many rows of a customer are surely not alike.
TOLD = "told_rows"
_SHARE = 1 / 64
_SEED = 3


@dataclass(frozen=True)
class CountStrategy:
    """What the pass does to count orders, and to see equal rows.

    Attributes:
        counting: what is counted for orders.
        beside: what else goes into the pass. ``watched``: the order ids of one customer in 64,
            once a row. ``told``: how many rows of a customer differ: where rows are counted for
            orders by their order id, or by whether they were bought, elsewhere in any column.
    """

    counting: Counting = "distinct"
    beside: Literal["nothing", "watched", "told"] = "nothing"


EXACT = CountStrategy()
WATCHED_ROWS, TOLD_ROWS = CountStrategy("rows", "watched"), CountStrategy("rows", "told")
LISTED, TOLD_LINES = CountStrategy("listed"), CountStrategy("listed", "told")


def beside(
    orders: ir.Table, reading: Reading, bought: ir.BooleanValue, way: CountStrategy
) -> dict[str, ir.Scalar]:
    """Return the aggregate that goes into the one pass beside the others, if one does.

    Args:
        orders: judged rows.
        reading: the source's columns.
        bought: which rows are bought.
        way: what is wanted: ``watched_orders``, which is NULL of the customers who are not
            watched, or ``told_rows``, which is NULL of rows without a customer; those are
            rejected one like the other.
    """
    if way.beside == "nothing":
        return {}
    if way.beside == "watched":
        own = bought & (uniform(orders.customer_id, _SEED) < _SHARE)
        return {WATCHED: listed(orders.order_id, own)}
    parts: dict[str, ir.Value]
    if way.counting == "rows":
        parts = {"order_id": orders.order_id, "bought": bought}
    else:
        parts = {column.name: orders[carried(column.name)] for column in reading.columns}
    # Rows that GROUP BY takes for equal have equal hashes; equal hashes tell too few rows apart.
    key = hashed(ibis.struct(parts))
    return {TOLD: distinct_listed(key, orders.customer_id.notnull())}


def watched(customers: ir.Table) -> ir.Table:
    """Return one row: ``customers`` who were watched, their ``rows``, and ``orders`` of those.

    The lists are told apart here: among all the customers it would cost more than the lists do.
    """
    lists = customers.filter(customers[WATCHED].notnull())
    orders = lists[WATCHED]
    return lists.agg(
        customers=lists.count(), rows=orders.length().sum(), orders=number_of(orders).sum()
    )


def without_duplicates(customers: ir.Table) -> ir.Table:
    """Return the aggregates of those whose rows were all told apart, or are nobody's.

    No two rows of a customer are equal; where rows are counted, each order is one row.
    """
    own = [name for name in customers.columns if name != TOLD]
    apart = (customers[TOLD] == customers.read_rows) | customers.customer_id.isnull()
    return customers.filter(apart).select(*own)


def alike(customers: ir.Table) -> ir.Table:
    """Return (customer_id, read_rows) of all other customers."""
    others = customers.filter(customers[TOLD] != customers.read_rows)
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

"""One row: what shows whether each order is one row, while its rows are counted for orders."""

from __future__ import annotations

from typing import Literal

import ibis
import ibis.expr.types as ir

from segdb.stages.matrix import uniform

Counting = Literal["orders", "rows", "told rows"]
# What is listed of one customer in so many.
WATCHED = "watched_orders"
# How many rows of a customer are surely not alike.
TOLD = "told_rows"
_SHARE = 1 / 64
_SEED = 3


def beside(
    orders: ir.Table, bought: ir.BooleanValue, counting: Literal["rows", "told rows"]
) -> dict[str, ir.Scalar]:
    """Return the aggregate that goes into the one pass beside the others.

    Args:
        orders: judged rows.
        bought: which of them are.
        counting: ``rows``: the order ids of one customer in 64, once a row, as ``watched_orders``,
            which is NULL of the others. ``told rows``: how many of a customer's rows differ by
            their order id, or by whether they were bought, as ``told_rows``; NULL of rows without
            a customer, which are rejected one like the other.
    """
    if counting == "rows":
        own = bought & orders.order_id.notnull() & (uniform(orders.customer_id, _SEED) < _SHARE)
        return {WATCHED: orders.order_id.collect(where=own)}
    # A list costs half of what count(DISTINCT) does. Equal hashes tell too few rows apart.
    key = _hash(orders.order_id, bought)
    return {TOLD: _list_unique(key.collect(where=orders.customer_id.notnull()))}


def watched(customers: ir.Table) -> ir.Table:
    """Return one row: ``customers`` who were watched, their ``rows``, and ``orders`` of those.

    The lists are told apart here: among all the customers it would cost more than the lists do.
    """
    lists = customers.filter(customers[WATCHED].notnull())
    orders = lists[WATCHED]
    return lists.agg(
        customers=lists.count(), rows=orders.length().sum(), orders=_list_unique(orders).sum()
    )


def told_apart(customers: ir.Table) -> ir.Table:
    """Return the aggregates of those whose rows were all told apart, or are nobody's.

    No two rows of a customer are equal, and each of their orders is one row.
    """
    own = [name for name in customers.columns if name != TOLD]
    apart = (customers[TOLD] == customers.read_rows) | customers.customer_id.isnull()
    return customers.filter(apart).select(*own)


def alike(customers: ir.Table) -> ir.Table:
    """Return (customer_id, read_rows) of all other customers."""
    others = customers.filter(customers[TOLD] != customers.read_rows)
    return others.select("customer_id", "read_rows")


def rows_an_order(orders: ir.Table) -> ir.Table:
    """Return one row: the ``orders`` that were bought, the ``most`` rows of one, and ``copies``.

    Args:
        orders: judged rows; rows that are equal may be folded, with ``copies``.
    """
    bought = orders.filter(orders.reason.isnull() & ~orders.returned & orders.order_id.notnull())
    read = bought.copies.sum() if "copies" in bought.columns else bought.count()
    counted = bought.group_by("customer_id", "order_id").agg(rows=bought.count(), read=read)
    copies = counted["read"].sum() - counted["rows"].sum()
    return counted.agg(
        orders=counted.count(), most=counted["rows"].max(), copies=copies.cast("int64")
    )


@ibis.udf.scalar.builtin(name="list_unique", signature=((None,), "int64"))
def _list_unique(_values): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="hash", signature=((None, "boolean"), "uint64"))
def _hash(_value, _other): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

"""Incremental: which customers have new rows, and their aggregates in the place of old ones."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.expressions.typed_source import value
from segdb.source_schema import Reading

# The watermark that is the order date, whatever its column is called.
MOMENT = "ordered_at"


def mark(orders: ir.Table, reading: Reading, watermark: str) -> ir.Value:
    """Return what never falls from row to row as the source grows.

    Args:
        orders: validated rows.
        reading: how the source's columns are read.
        watermark: ``ordered_at``, or a column of the source.
    """
    if watermark == MOMENT:
        return orders.ordered_at
    own = value(orders, reading.column(watermark), reading.null_values)
    kind = own.type()
    # Python has no nanoseconds to compare with; cut off they come out at the mark or below it.
    return own.cast("timestamp(6)") if kind.is_timestamp() and kind.scale == 9 else own


def highest(orders: ir.Table, reading: Reading, watermark: str) -> ir.Scalar:
    """Return the highest mark; of moments, that of the rows that are kept: others may err."""
    own = mark(orders, reading, watermark)
    return own.max(where=orders.reason.isnull()) if watermark == MOMENT else own.max()


def touched(orders: ir.Table, own: ir.Value, reached: Any, last: Any) -> ir.Table:
    """Return (customer_id) of all who may have a new row; NULL for rows without an id.

    Those are the customers of rows at the highest mark and above, of rows without one, and of
    rows that were in the future when they were last validated.

    Args:
        orders: validated rows.
        own: the mark of each.
        reached: the highest mark of the last run.
        last: the moment of its last order.
    """
    new = (own >= ibis.literal(reached, own.type())) | own.isnull()
    if last is not None:
        later = orders.ordered_at > ibis.literal(last, orders.ordered_at.type())
        new |= later.fill_null(True)
    return orders.filter(new).select("customer_id").distinct()


def merged(known: ir.Table, fresh: ir.Table, ids: ir.Table) -> ir.Table:
    """Put fresh aggregates into the place of those of the customers they are of.

    Args:
        known: one row a customer, as the last run aggregated them.
        fresh: likewise of the touched customers, with the same columns.
        ids: the touched customers.
    """
    return together(known.anti_join(ids, known.customer_id.identical_to(ids.customer_id)), fresh)


def together(stay: ir.Table, fresh: ir.Table) -> ir.Table:
    """Return aggregates of some and of other customers, columns and types as in ``fresh``."""
    schema = fresh.schema()
    return stay.select(**{n: stay[n].cast(kind) for n, kind in schema.items()}).union(fresh)

"""Order days: what each customer paid on each day, and the history of orders that follows.

Orders of one day count once, as the models of customer value have it (Fader, Hardie and Lee 2005).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from segdb.features.feature import SECONDS_A_DAY


def day_of(moment: ir.TimestampValue) -> ir.IntegerValue:
    """Return the day of a moment, counted from 1970-01-01."""
    return (moment.epoch_seconds() / float(SECONDS_A_DAY)).floor().cast("int64")


def last_day_before(moment: datetime) -> int:
    """Return the last day that began before a moment, counted from 1970-01-01."""
    return (moment - timedelta(microseconds=1) - datetime(1970, 1, 1)).days


def order_days(orders: ir.Table) -> ir.Table:
    """Return one row a customer and day with kept rows.

    Args:
        orders: validated rows, those that count once folded.

    Returns:
        ``customer_id``, ``day`` from 1970-01-01, ``bought``, how many rows are no returns, and
        ``amount``, their sum less returns.
    """
    kept = orders.filter(orders.reason.isnull())
    day = day_of(kept.ordered_at)
    return kept.group_by(kept.customer_id, day=day).agg(
        bought=(~kept.returned).sum().cast("int64"), amount=kept.amount.sum().cast("float64")
    )


def spans(days: ir.Table) -> ir.Table:
    """Return one row a customer who bought: what their history follows from.

    Args:
        days: what ``order_days`` gives.

    Returns:
        ``customer_id``, ``first_day`` and ``last_day`` with an order, ``order_days``, how many such
        days there are, ``paid`` over all, and ``paid_first`` until the first day, less returns.
    """
    bought = days.bought > 0
    ends = days.group_by("customer_id").agg(
        first_day=days.day.min(where=bought),
        last_day=days.day.max(where=bought),
        order_days=days.bought.count(where=bought),
        paid=days.amount.sum(),
    )
    ends = ends.filter(ends.first_day.notnull())
    outer = ends.select(end_id=ends.customer_id, start=ends.first_day, stop=ends.last_day)
    edges = days.inner_join(outer, days.customer_id == outer.end_id)
    edges = edges.filter((edges.day <= edges.start) | (edges.day == edges.stop))
    paid = edges.group_by("end_id").agg(
        paid_first=edges.amount.sum(where=edges.day <= edges.start),
        paid_last=edges.amount.sum(where=edges.day == edges.stop),
    )
    both = ends.inner_join(paid, ends.customer_id == paid.end_id)
    return both.select(*ends.columns, "paid_first", "paid_last")


def histories(customers: ir.Table, known_until: int | None = None) -> ir.Table:
    """Return the history of each customer who bought.

    Args:
        customers: what ``spans`` gives, beside other columns or not.
        known_until: a day, from 1970-01-01, until which all orders are known; None where that is
            the day of the last order.

    Returns:
        ``customer_id``; ``repeats``, days with an order behind the first such day (x); ``last``,
        days from the first to the last of them (t_x); ``observed``, days from the first to the end
        (T); ``amount``, what was paid behind the first day, less returns; ``end_day``, the end.
    """
    buyers = customers.filter(customers.first_day.notnull())
    end = buyers.agg(end=buyers.last_day.max())
    if known_until is not None:
        end = end.select(end=ibis.greatest(end.end, known_until))
    both = buyers.cross_join(end)
    return both.select(
        customer_id=both.customer_id,
        repeats=both.order_days - 1,
        last=both.last_day - both.first_day,
        observed=both.end - both.first_day,
        amount=both.paid - both.paid_first,
        end_day=both.end,
    )


def counted(customers: ir.Table) -> ir.Table:
    """Return how many ``customers`` have each history: the compact counts of the model."""
    keys = ["repeats", "last", "observed"]
    return customers.group_by(keys).agg(customers=customers.count())


def repeat_amounts(customers: ir.Table) -> ir.Table:
    """Return ``repeats`` and the mean ``amount`` of customers who came back and paid something."""
    payers = customers.filter((customers.repeats > 0) & (customers.amount > 0))
    return payers.select(
        repeats=payers.repeats, amount=payers.amount / payers.repeats.cast("float64")
    )


def extent(customers: ir.Table) -> ir.Table:
    """Return one row on all customers.

    Args:
        customers: what ``spans`` gives, beside other columns or not.

    Returns:
        ``first_day``, ``last_day``, ``customers`` who bought, ``returned`` of them, and the median
        ``gap``: of those who came back, the days between two of their orders on average.
    """
    back = customers.order_days > 1
    gap = (customers.last_day - customers.first_day).cast("float64") / (
        customers.order_days - 1
    ).nullif(0).cast("float64")
    return customers.agg(
        first_day=customers.first_day.min(),
        last_day=customers.last_day.max(),
        customers=customers.first_day.count(),
        returned=back.sum(),
        # Of one day it is NULL.
        gap=gap.median(),
    )

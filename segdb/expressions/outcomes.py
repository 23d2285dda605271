"""Outcomes: what customers did after a day, by segment, and how well rankings foresaw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from segdb.expressions.typed_source import moment_of
from segdb.source_schema import Reading

TENTHS = 10
# Of the customers, in the order of a ranking.
TOPS: Mapping[str, float] = {"top_10": 0.1, "top_20": 0.2}
# What the value model expected, and what came of it.
MEASURES: Mapping[str, str] = {
    "probability_of_order": "returned",
    "expected_orders": "order_days_after",
    "expected_value": "revenue_after",
}


def between(raw: ir.Table, reading: Reading, since: ir.Value | None, before: ir.Value) -> ir.Table:
    """Return the raw rows of orders that are dated before a moment, and not before another.

    Rows without a readable date are in no period.

    Args:
        raw: the source as it was read.
        reading: how its columns are read.
        since: the first moment; None for all before.
        before: the first moment that is too late.
    """
    moment = moment_of(raw, reading)
    inside = moment < before
    if since is not None:
        inside &= moment >= since
    return raw.filter(inside)


def outcomes(
    customers: ir.Table, history: ir.Table, after: ir.Table, expected: ir.Table | None
) -> ir.Table:
    """Return one row a customer of the cut: what was known, what was expected, and what came.

    Args:
        customers: with a segment: ``customer_id``, ``place`` (of the segment) and the scores.
        history: ``customer_id`` and the columns of ``order_days.spans``, of the orders before.
        after: ``customer_id``, ``orders``, ``revenue`` and ``order_days``, of the orders after.
        expected: the columns of ``customer_value``; None without a value model.
    """
    past = history.select(
        past_id=history.customer_id,
        past_spend=history.paid,
        last_order=history.paid_last,
        frequency=history.order_days,
        recency=history.last_day,
    )
    future = after.select(
        future_id=after.customer_id,
        orders=after.orders,
        revenue=after.revenue,
        order_days=after.order_days,
    )
    both = customers.left_join(past, customers.customer_id == past.past_id)
    both = both.left_join(future, both.customer_id == future.future_id)
    values: dict[str, ir.Value] = dict.fromkeys(MEASURES, ibis.null("float64"))
    if expected is not None:
        values = {name: expected[name] for name in MEASURES}
        foreseen = expected.select(value_id=expected.customer_id, **values)
        both = both.left_join(foreseen, both.customer_id == foreseen.value_id)
        values = {name: both[name] for name in MEASURES}
    orders = both.orders.fill_null(0).cast("float64")
    return both.select(
        "customer_id",
        "place",
        "rfm_cell",
        past_spend=both.past_spend.fill_null(0.0).cast("float64"),
        last_order=both.last_order.fill_null(0.0).cast("float64"),
        frequency=both.frequency.fill_null(0).cast("float64"),
        recency=both.recency.fill_null(0).cast("float64"),
        orders=orders,
        revenue_after=both.revenue.fill_null(0.0).cast("float64"),
        order_days_after=both.order_days.fill_null(0).cast("float64"),
        returned=(orders > 0.0).cast("int64").cast("float64"),
        **values,
    )


def by_segment(rows: ir.Table) -> ir.Table:
    """Return one row a segment: sums over its customers, and sums of squares.

    Args:
        rows: what ``outcomes`` gives.
    """
    return rows.group_by("place").agg(
        customers=rows.count(),
        returned=rows.returned.sum(),
        orders=rows.orders.sum(),
        orders_squared=(rows.orders * rows.orders).sum(),
        revenue=rows.revenue_after.sum(),
        revenue_squared=(rows.revenue_after * rows.revenue_after).sum(),
        past_spend=rows.past_spend.sum(),
        **{name: rows[name].sum() for name in MEASURES},
    )


def rankings(rows: ir.Table, scores: Mapping[str, ir.Value]) -> ir.Table:
    """Return how well each ranking of the customers foresaw what came.

    Customers with equal scores share their places: each figure is the mean over all orders in
    which they could stand.

    Args:
        rows: what ``outcomes`` gives.
        scores: by ranking, a column of the rows; the highest comes first.

    Returns:
        ``ranking``, ``customers``, ``area`` under the curve of revenue by customers, both as
        shares; ``top_10`` and ``top_20``, the share of revenue of the first customers; ``auc``,
        the probability that who returned stands before who did not. NULL where nobody, or
        everybody, returned, or no revenue came.
    """
    groups = [
        rows.select(score=score.cast("float64"), revenue=rows.revenue_after, returned=rows.returned)
        .group_by("score")
        .agg(customers=lambda t: t.count(), revenue=lambda t: t.revenue.sum(),
             returned=lambda t: t.returned.sum())
        .mutate(ranking=ibis.literal(name))
        for name, score in scores.items()
    ]  # fmt: skip
    every = ibis.union(*groups) if len(groups) > 1 else groups[0]
    every = every.mutate(customers=every.customers.cast("float64"))
    before = ibis.window(group_by="ranking", order_by=ibis.desc("score"), rows=(None, 0))
    whole = ibis.window(group_by="ranking")
    sums = every.mutate(
        until=every.customers.sum().over(before),
        revenue_until=every.revenue.sum().over(before),
        returned_until=every.returned.sum().over(before),
        all_customers=every.customers.sum().over(whole),
        all_revenue=every.revenue.sum().over(whole),
        all_returned=every.returned.sum().over(whole),
    )
    lost = sums.customers - sums.returned
    lost_after = (sums.all_customers - sums.all_returned) - (sums.until - sums.returned_until)
    area = sums.customers * (sums.revenue_until - sums.revenue / 2.0)
    pairs = sums.all_returned * (sums.all_customers - sums.all_returned)
    parts = sums.select(
        "ranking",
        "customers",
        area=area / (sums.all_customers * sums.all_revenue.nullif(0.0)),
        won=sums.returned * (lost_after + lost / 2.0) / pairs.nullif(0.0),
        **{name: _of_first(sums, share) for name, share in TOPS.items()},
    )
    return parts.group_by("ranking").agg(
        customers=parts.customers.sum(),
        area=parts.area.sum(),
        auc=parts.won.sum(),
        **{name: parts[name].sum() for name in TOPS},
    )


def _of_first(sums: ir.Table, share: float) -> ir.FloatingValue:
    """Return what customers of one score add to the revenue of the first share of all."""
    room = sums.all_customers * share - (sums.until - sums.customers)
    part = ibis.greatest(0.0, ibis.least(1.0, room / sums.customers))
    return part * sums.revenue / sums.all_revenue.nullif(0.0)


def calibration(rows: ir.Table, measures: Sequence[str]) -> ir.Table:
    """Return what was expected and what came, by tenths of the customers in its order.

    Args:
        rows: what ``outcomes`` gives, with expectations.
        measures: which of ``MEASURES``.

    Returns:
        ``measure``, ``tenth`` from 1, ``customers``, and the means ``expected`` and ``actual``.
    """
    parts = []
    for name in measures:
        known = rows.filter(rows[name].notnull())
        place = ibis.ntile(TENTHS).over(order_by=[known[name], known.customer_id])
        placed = known.select(
            tenth=(place + 1).cast("int32"), expected=known[name], actual=known[MEASURES[name]]
        )
        means = placed.group_by("tenth").agg(
            customers=placed.count(), expected=placed.expected.mean(), actual=placed.actual.mean()
        )
        parts.append(means.select(ibis.literal(name).name("measure"), *means.columns))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]

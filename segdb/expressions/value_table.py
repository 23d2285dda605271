"""Value table: the columns of ``customer_value``, and sums of them."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

_EPOCH = datetime(1970, 1, 1)
_WHOLE = ("repeat_orders", "days_to_last_order", "days_observed")
_NUMBERS = (
    "repeat_order_value", "p_alive", "expected_orders", "expected_order_value", "expected_value",
    "value_at_risk", "probability_of_order",
)  # fmt: skip


def published(values: ir.Table) -> ir.Table:
    """Return the columns of the published table, but for its run.

    Args:
        values: what ``customer_value`` gives.
    """
    days = (values.end_day + 1 + values.next_order_days.ceil().cast("int64")).as_interval("D")
    return values.select(
        customer_id=values.customer_id,
        repeat_orders=values.repeats,
        days_to_last_order=values["last"],
        days_observed=values.observed,
        repeat_order_value=values.amount,
        p_alive=values.p_alive,
        expected_orders=values.expected_orders,
        expected_order_value=values.expected_order_value,
        expected_value=values.expected_value,
        value_at_risk=values.value_at_risk,
        probability_of_order=values.probability_of_order,
        expected_next_order_at=ibis.literal(_EPOCH, "timestamp(6)") + days,
    )


def by_segment(values: ir.Table, assigned: ir.Table) -> ir.Table:
    """Return by ``nearest`` the sums of what is expected, and the mean probability to be active.

    Args:
        values: what ``published`` gives.
        assigned: every customer with ``nearest``.
    """
    places = assigned.select(place_id=assigned.customer_id, nearest=assigned.nearest)
    both = values.inner_join(places, values.customer_id == places.place_id)
    return both.group_by("nearest").agg(
        expected_revenue=both.expected_value.sum(),
        revenue_at_risk=both.value_at_risk.sum(),
        p_alive=both.p_alive.mean(),
    )


def no_values(segments: ir.Table) -> ir.Table:
    """Return the columns of the published table without a row, but for its run.

    Args:
        segments: any table with ``customer_id``.
    """
    numbers = dict.fromkeys(_NUMBERS, ibis.null("float64"))
    whole = dict.fromkeys(_WHOLE, ibis.null("int64"))
    moment = ibis.null("timestamp(6)")
    empty = segments.filter(ibis.literal(value=False))
    return empty.select(
        customer_id=empty.customer_id, **whole, **numbers, expected_next_order_at=moment
    )

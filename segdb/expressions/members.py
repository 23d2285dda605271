"""Members: what is true of how many of a segment's customers, in one aggregate over all of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir

from segdb.config.traits import GAPS_SINCE_LAST, Comparison, Trait
from segdb.expressions.quantiles import quantiles
from segdb.expressions.shallow_sums import added

OWN_GAP = "own_gap_days"


def own_gap(features: ir.Table) -> ir.NumericValue | None:
    """Return each customer's mean days from one order to the next; None without the features.

    NULL for those whose first and last order lie less than a day apart: one order, or several of
    one visit, make no rhythm.
    """
    names = set(features.columns)
    if {"days_between_orders", "frequency"} <= names:
        gap = features.days_between_orders
        return ibis.ifelse(gap * (features.frequency - 1) >= 1.0, gap, None)
    if "days_between_orders" in names:
        gap = features.days_between_orders
        return ibis.ifelse(gap >= 1.0, gap, None)
    if {"tenure_days", "recency_days", "frequency"} <= names:
        days = (features.tenure_days - features.recency_days).cast("float64")
        return ibis.ifelse(days >= 1.0, days / (features.frequency - 1).nullif(0), None)
    return None


def with_rhythm(features: ir.Table) -> ir.Table:
    """Add ``own_gap_days`` and ``gaps_since_last``; NULL of customers without a rhythm."""
    gap = own_gap(features)
    if gap is None or "recency_days" not in features.columns:
        none = ibis.null("float64")
        return features.mutate(**{OWN_GAP: none, GAPS_SINCE_LAST: none})
    table = features.mutate(**{OWN_GAP: gap.cast("float64")})
    # GREATEST skips NULL: divided by it, a customer without a gap would have one of a day.
    since = table.recency_days / ibis.greatest(table[OWN_GAP], 1.0)
    return table.mutate(**{GAPS_SINCE_LAST: ibis.ifelse(table[OWN_GAP].notnull(), since, None)})


def usual_gap(members: ir.Table) -> ir.Table:
    """Return one row: ``gap``, the median of the customers' own gaps, and how many ``customers``.

    Args:
        members: with ``own_gap_days``.
    """
    (middle,) = quantiles(members[OWN_GAP], [0.5])
    return members.agg(gap=middle, customers=members[OWN_GAP].count())


def has(members: ir.Table, trait: Trait, unit: Mapping[tuple[str, str], float]) -> ir.BooleanValue:
    """Return of each customer whether a trait holds; never NULL.

    Args:
        members: the features and ``gaps_since_last``.
        trait: the comparisons.
        unit: what one of a unit is, by (unit, feature); what is not there is not known.
    """
    alternatives = (
        reduce(or_, (_compared(members, comparison, unit) for comparison in comparisons))
        for comparisons in trait
    )
    return reduce(and_, alternatives)


def shares(flags: Mapping[str, ir.BooleanValue]) -> dict[str, ir.Scalar]:
    """Return, by name, the aggregate that gives the share of the customers with each flag.

    What holds for nobody, whoever it is, is no column, and has none.
    """
    return {
        name: flag.cast("float64").mean()
        for name, flag in flags.items()
        if isinstance(flag, ir.BooleanColumn)
    }


def on_the_whole(
    members: ir.Table, standard: Mapping[str, tuple[float, float]], *, high: bool
) -> ir.BooleanValue:
    """Return of each customer whether some features lie above (below) the median, on the whole.

    That is the sign of the mean distance from the median, in standard deviations; a missing
    feature counts as the median.

    Args:
        members: the features.
        standard: median and standard deviation of each.
        high: above it; else below.
    """
    parts = [
        ((members[name] - median) / (sd or 1.0)).fill_null(0.0)
        for name, (median, sd) in standard.items()
    ]
    total = added(parts)
    return total > 0.0 if high else total < 0.0


def lies(value: ir.NumericValue, limit: float, *, above: bool) -> ir.BooleanValue:
    """Return whether a value is above (below) a limit; never NULL."""
    known = value > limit if above else value < limit
    return known.fill_null(False)


def _compared(
    members: ir.Table, comparison: Comparison, unit: Mapping[tuple[str, str], float]
) -> ir.BooleanValue:
    size = 1.0 if not comparison.unit else unit.get((comparison.unit, comparison.feature))
    if size is None or comparison.feature not in members.columns:
        return ibis.literal(False)
    value, limit = members[comparison.feature], comparison.number * size
    match comparison.operator:
        case "<=":
            known = value <= limit
        case ">=":
            known = value >= limit
        case "<":
            known = value < limit
        case ">":
            known = value > limit
    return known.fill_null(False)

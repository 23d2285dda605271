"""Profile: what the segments are, in a few aggregates over all customers."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir


def sizes(assigned: ir.Table, value: str) -> ir.Table:
    """Return one row a cluster: ``nearest``, customers, squares, and the mean of ``value``.

    ``squares`` is the sum of squared distances to the centroid: over all clusters, the inertia.
    """
    return assigned.group_by("nearest").agg(
        customers=assigned.count(),
        squares=(assigned.distance * assigned.distance).sum(),
        value=assigned[value].mean(),
    )


def by_segment(assigned: ir.Table, names: Sequence[str]) -> ir.Table:
    """Return one row a cluster: ``nearest``, and of feature i mean, median, p25, p75, and sum."""
    columns = {"customers": assigned.count()}
    for i, name in enumerate(names):
        column = assigned[name]
        columns |= {
            f"mean_{i}": column.mean(),
            f"median_{i}": column.quantile(0.5),
            f"p25_{i}": column.quantile(0.25),
            f"p75_{i}": column.quantile(0.75),
            f"sum_{i}": column.sum(),
        }
    return assigned.group_by("nearest").agg(**columns)


def overall(features: ir.Table, names: Sequence[str]) -> ir.Table:
    """Return one row: of feature i the mean and the population standard deviation."""
    columns = {}
    for i, name in enumerate(names):
        columns |= {f"mean_{i}": features[name].mean(), f"sd_{i}": features[name].std(how="pop")}
    return features.agg(**columns)

"""Lloyd: one step of K-Means over all customers (Lloyd 1982), as one GROUP BY.

The pass that gives the new means also gives the sizes, the inertia and the sums that the quality
of the old centroids is judged by, so that a step and its evidence cost one scan together.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

from segdb.stages.assign import assign


def step(scaled: ir.Table, matrix: Sequence[str], centroids: Sequence[Sequence[float]]) -> ir.Table:
    """Return one row a cluster that has customers: its figures, and its new mean.

    Args:
        scaled: customers with the columns of the matrix, scaled units.
        matrix: those columns, in the order of the centroids' values.
        centroids: one a cluster, scaled units.

    Returns:
        ``nearest`` (the place of the centroid), ``customers``, sums over them of ``distances`` to
        the centroid, of their ``squares`` (over all clusters, the inertia) and of the
        ``margins``, and ``mean_i`` of matrix column i.
    """
    assigned = assign(scaled.select(*matrix), matrix, centroids)
    means = {f"mean_{i}": assigned[name].mean() for i, name in enumerate(matrix)}
    return assigned.group_by("nearest").agg(
        customers=assigned.count(),
        distances=assigned.distance.sum(),
        squares=(assigned.distance * assigned.distance).sum(),
        margins=assigned.margin.sum(),
        **means,
    )


def farthest(
    scaled: ir.Table, matrix: Sequence[str], centroids: Sequence[Sequence[float]], rows: int
) -> ir.Table:
    """Return (customer_id, nearest, matrix columns) of those farthest from their centroid.

    They come in the order of the distance, the farthest first, and of the id where it is equal.
    """
    assigned = assign(scaled.select("customer_id", *matrix), matrix, centroids)
    ordered = assigned.order_by(assigned.distance.desc(), assigned.customer_id)
    return ordered.limit(rows).select("customer_id", "nearest", *matrix)

"""Lloyd: one step of K-Means over all customers (Lloyd 1982), as one GROUP BY.

The pass that computes the new means also computes the sizes, the inertia and the sums from which
the quality of the old centroids follows, so that a step and its metrics cost one scan.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

from segdb.expressions.assign import assign, distances


def quality(
    scaled: ir.Table, matrix: Sequence[str], centroids: Sequence[Sequence[float]]
) -> ir.Table:
    """Return one row a cluster that has customers: how good its centroid is.

    Args:
        scaled: customers with the columns of the matrix, scaled units.
        matrix: those columns, in the order of the centroids' values.
        centroids: one a cluster, scaled units.

    Returns:
        ``nearest`` (the place of the centroid), ``customers``, and the sums of their
        ``distances`` to the centroid and of the ``squares`` of those, over all clusters the
        inertia. With the distances between the centroids these give Davies-Bouldin and
        Calinski-Harabasz.
    """
    around = distances(scaled.select(*matrix), matrix, centroids)
    return around.group_by("nearest").agg(**_figures(around))


def step(scaled: ir.Table, matrix: Sequence[str], centroids: Sequence[Sequence[float]]) -> ir.Table:
    """Return what ``quality`` does, and ``mean_i`` of matrix column i: the new centroid."""
    around = distances(scaled.select(*matrix), matrix, centroids)
    means = {f"mean_{i}": around[name].mean() for i, name in enumerate(matrix)}
    return around.group_by("nearest").agg(**_figures(around), **means)


def farthest(
    scaled: ir.Table, matrix: Sequence[str], centroids: Sequence[Sequence[float]], rows: int
) -> ir.Table:
    """Return (customer_id, nearest, matrix columns) of those farthest from their centroid.

    They come in the order of the distance, the farthest first, and of the id where it is equal.
    """
    assigned = assign(scaled.select("customer_id", *matrix), matrix, centroids)
    ordered = assigned.order_by(assigned.distance.desc(), assigned.customer_id)
    return ordered.limit(rows).select("customer_id", "nearest", *matrix)


def _figures(around: ir.Table) -> dict[str, ir.Scalar]:
    return {
        "customers": around.count(),
        "distances": around.least_square.sqrt().sum(),
        "squares": around.least_square.sum(),
    }

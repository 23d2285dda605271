"""Assign: every customer to the nearest centroid, by SQL alone."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from segdb.expressions.shallow_sums import added
from segdb.model import Model


def assign(
    scaled: ir.Table, matrix: Sequence[str], centroids: Sequence[Sequence[float]]
) -> ir.Table:
    """Add ``nearest``, ``distance`` and ``margin`` to each customer.

    Args:
        scaled: customers with the columns of the matrix in scaled units; all else is carried.
        matrix: those columns, in the order of the centroids' values.
        centroids: one a cluster, scaled units.

    Returns:
        ``nearest`` is the place of the nearest centroid from 0 (of equals the first),
        ``distance`` the Euclidean distance to it, and ``margin`` (d2 - d1) / d2 with d2 the
        distance to the next nearest: 0 on the border, 1 on the centroid.
    """
    around = distances(scaled, matrix, centroids)
    others = (
        ibis.ifelse(around.nearest == place, float("inf"), around[f"square_{place}"])
        for place in range(len(centroids))
    )
    margin = 1.0 - (around.least_square / ibis.least(*others).nullif(0)).sqrt()
    return around.select(
        *scaled.columns,
        "nearest",
        distance=around.least_square.sqrt(),
        margin=margin.fill_null(0.0),
    )


def distances(
    scaled: ir.Table, matrix: Sequence[str], centroids: Sequence[Sequence[float]]
) -> ir.Table:
    """Add ``nearest``, ``least_square`` and each ``square_i`` to each customer.

    As ``assign``, where the distances to the other centroids are not asked for: ``square_i`` is
    the squared distance to centroid i, and ``least_square`` the least of them.
    """
    places = range(len(centroids))
    squares = scaled.mutate(
        **{f"square_{place}": _square(scaled, matrix, centroids[place]) for place in places}
    )
    first = squares.mutate(
        least_square=ibis.least(*(squares[f"square_{place}"] for place in places))
    )
    nearest = ibis.cases(
        *((first[f"square_{place}"] == first["least_square"], place) for place in places[:-1]),
        else_=places[-1],
    )
    return first.mutate(nearest=nearest.cast("int32"))


def labelled(assigned: ir.Table, model: Model) -> ir.Table:
    """Give the assigned customers the ids and names of the model's segments.

    Args:
        assigned: customers with ``nearest``, ``distance`` and ``margin``.
        model: whose segments are in the order of ``nearest``.
    """
    return assigned.select(
        customer_id=assigned.customer_id,
        **identity(assigned.nearest, model),
        distance=assigned.distance,
        margin=assigned.margin,
    )


def identity(nearest: ir.IntegerValue, model: Model) -> dict[str, ir.Value]:
    """Return ``segment_id`` and ``segment`` of the place of a centroid."""
    places = [nearest == place for place in range(len(model.segments))]
    ids = [segment.segment_id for segment in model.segments]
    names = [segment.name for segment in model.segments]
    return {
        "segment_id": ibis.cases(*zip(places, ids, strict=True)).cast("int32"),
        "segment": ibis.cases(*zip(places, names, strict=True)),
    }


def _square(scaled: ir.Table, matrix: Sequence[str], centroid: Sequence[float]) -> ir.Value:
    pairs = zip(matrix, centroid, strict=True)
    return added([(scaled[name] - value) * (scaled[name] - value) for name, value in pairs])

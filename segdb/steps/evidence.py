"""Evidence: how good each number of segments is, over all customers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from segdb.cluster.around import around
from segdb.cluster.matrix import Floats, Matrix
from segdb.stages.assign import assign
from segdb.stages.explore import quality
from segdb.store.duckdb import DuckDB

Centroids = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Quality:
    """Figures of a segmentation over all customers, by distances to the centroids.

    Attributes:
        inertia: sum of squared distances, scaled units squared.
        simplified_silhouette: mean of (b - a) / max(a, b), with a and b the distances to the
            nearest and the next nearest centroid (Hruschka, de Castro and Campello 2004).
        davies_bouldin: Davies and Bouldin 1979; lower is better.
        calinski_harabasz: Calinski and Harabasz 1974.
        sizes: customers by place of the centroid.
    """

    inertia: float
    simplified_silhouette: float
    davies_bouldin: float | None
    calinski_harabasz: float | None
    sizes: tuple[int, ...]


def quality_of(
    store: DuckDB,
    scaled: ir.Table,
    columns: Sequence[str],
    centroids: Floats,
    squares: float,
    everyone: Matrix | None,
) -> Quality:
    """Judge centroids over all customers.

    Args:
        store: where the customers are.
        scaled: customers with the columns of the matrix, scaled units.
        columns: those columns.
        centroids: (k, d), one a segment; at the fixed point of K-Means they are the segments'
            means, and the figures are scikit-learn's.
        squares: sum of squared distances of all customers from their mean.
        everyone: the compact matrix where it is all customers: they are not asked for again.
    """
    if everyone is not None:
        return quality_from(around(everyone, centroids), centroids.tolist(), squares)
    query = quality(assign(scaled, columns, centroids.tolist()))
    rows = {row["nearest"]: row for row in store.rows(query)}
    return quality_from(rows, centroids.tolist(), squares)


def quality_from(
    rows: Mapping[int, Mapping[str, Any]], centroids: Centroids, squares: float
) -> Quality:
    """Judge centroids by what ``quality`` or a Lloyd step gave, by place of the centroid."""
    customers = sum(row["customers"] for row in rows.values())
    inertia = math.fsum(row["squares"] for row in rows.values())
    groups = len(rows)
    between = (squares - inertia) / (groups - 1) if groups > 1 else 0.0
    within = inertia / (customers - groups) if customers > groups else 0.0
    return Quality(
        inertia=inertia,
        simplified_silhouette=math.fsum(row["margins"] for row in rows.values()) / customers,
        davies_bouldin=_davies_bouldin(rows, centroids),
        calinski_harabasz=between / within if within else None,
        sizes=tuple(rows[p]["customers"] if p in rows else 0 for p in range(len(centroids))),
    )


def separations(centroids: Centroids) -> tuple[float, ...]:
    """Return each centroid's distance to the nearest other one."""
    return tuple(
        min(math.dist(one, other) for j, other in enumerate(centroids) if j != i)
        for i, one in enumerate(centroids)
    )


def _davies_bouldin(rows: Mapping[int, Mapping[str, Any]], centroids: Centroids) -> float | None:
    scatter = {place: row["distances"] / row["customers"] for place, row in rows.items()}
    if len(scatter) < 2:
        return None
    worst = []
    for i, own in scatter.items():
        apart = {j: math.dist(centroids[i], centroids[j]) for j in scatter if j != i}
        if not all(apart.values()):
            return None
        worst.append(max((own + scatter[j]) / distance for j, distance in apart.items()))
    return math.fsum(worst) / len(worst)

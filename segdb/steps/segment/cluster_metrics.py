"""Cluster metrics: how good each number of segments is, over all customers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from segdb.cluster.distance_stats import Centroids
from segdb.steps.segment.distance_backend import Groups


@dataclass(frozen=True)
class Quality:
    """Figures of a segmentation over all customers, by distances to the centroids.

    Attributes:
        inertia: sum of squared distances, scaled units squared.
        davies_bouldin: Davies and Bouldin 1979; lower is better.
        calinski_harabasz: Calinski and Harabasz 1974.
        sizes: customers by place of the centroid.
    """

    inertia: float
    davies_bouldin: float | None
    calinski_harabasz: float | None
    sizes: tuple[int, ...]


def quality_from(rows: Groups, centroids: Centroids, squares: float) -> Quality:
    """Return the quality of centroids, by the customers around them.

    Args:
        rows: what ``CustomerDistances`` gives of these centroids, as quality or as a step.
        centroids: (k, d), one a segment; at the fixed point of K-Means they are the segments'
            means, and the figures are scikit-learn's.
        squares: sum of squared distances of all customers from their mean.
    """
    customers = sum(row["customers"] for row in rows.values())
    inertia = math.fsum(row["squares"] for row in rows.values())
    groups = len(rows)
    between = (squares - inertia) / (groups - 1) if groups > 1 else 0.0
    within = inertia / (customers - groups) if customers > groups else 0.0
    return Quality(
        inertia=inertia,
        davies_bouldin=_davies_bouldin(rows, centroids),
        calinski_harabasz=between / within if within else None,
        sizes=tuple(int(rows[p]["customers"]) if p in rows else 0 for p in range(len(centroids))),
    )


def separations(centroids: Centroids) -> tuple[float, ...]:
    """Return each centroid's distance to the nearest other one."""
    return tuple(
        min(math.dist(one, other) for j, other in enumerate(centroids) if j != i)
        for i, one in enumerate(centroids)
    )


def _davies_bouldin(rows: Groups, centroids: Centroids) -> float | None:
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

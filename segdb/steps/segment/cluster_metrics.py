"""Cluster metrics: how good each number of segments is, over all customers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from segdb.cluster.distance_stats import Centroids
from segdb.cluster.separation import calinski_harabasz, davies_bouldin, moments_of
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
    moments = moments_of(rows, centroids, squares)
    return Quality(
        inertia=moments.inertia,
        davies_bouldin=davies_bouldin(moments),
        calinski_harabasz=calinski_harabasz(moments),
        sizes=tuple(int(rows[p]["customers"]) if p in rows else 0 for p in range(len(centroids))),
    )


def separations(centroids: Centroids) -> tuple[float, ...]:
    """Return each centroid's distance to the nearest other one."""
    return tuple(
        min(math.dist(centroid, other) for j, other in enumerate(centroids) if j != i)
        for i, centroid in enumerate(centroids)
    )

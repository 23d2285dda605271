"""Davies-Bouldin and Calinski-Harabasz from a few sums of each segment.

The sums are what one GROUP BY gives, so the figures are exact over all customers without one of
them in memory. At the fixed point of K-Means the centroids are the means, and the figures are
scikit-learn's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from segdb.cluster.distance_stats import Centroids
from segdb.cluster.libraries import cdist
from segdb.cluster.matrix import Floats, Matrix, Places


@dataclass(frozen=True)
class Moments:
    """Sums of k segments, none of them empty.

    Attributes:
        sizes: (k,), customers.
        centroids: (k, d), scaled units.
        distances: (k,), sum of the distances to the centroid.
        squares: (k,), sum of their squares.
        scatter: sum of squared distances of all customers from their mean.
    """

    sizes: Floats
    centroids: Floats
    distances: Floats
    squares: Floats
    scatter: float

    @property
    def inertia(self) -> float:
        """Sum of squared distances of all customers to their centroids."""
        return math.fsum(self.squares)


def moments_of(
    groups: Mapping[int, Mapping[str, Any]], centroids: Centroids, scatter: float
) -> Moments:
    """Return the moments of the centroids that have customers.

    Args:
        groups: ``customers``, ``distances`` and ``squares`` by place of the centroid.
        centroids: (k, d).
        scatter: sum of squared distances of all customers from their mean.
    """
    places = sorted(groups)
    sizes, distances, squares = (
        np.array([groups[place][name] for place in places], dtype=np.float64)
        for name in ("customers", "distances", "squares")
    )
    return Moments(sizes, np.array([centroids[p] for p in places]), distances, squares, scatter)


def moments(matrix: Matrix, labels: Places) -> Moments:
    """Return the moments of the segments that have rows, by weight, in the order of the labels."""
    kinds, own = np.unique(labels, return_inverse=True)
    count = len(kinds)

    def total(values: Floats) -> Floats:
        return np.bincount(own, values * matrix.weights, minlength=count).astype(np.float64)

    sizes = total(np.ones(len(own)))
    sums = [total(column) for column in matrix.values.T]
    means = np.column_stack(sums) / sizes[:, None]
    squares = ((matrix.values - means[own]) ** 2).sum(axis=1)
    return Moments(sizes, means, total(np.sqrt(squares)), total(squares), matrix.scatter)


def davies_bouldin(of: Moments) -> float | None:
    """Return the index of Davies and Bouldin (1979), lower is better.

    Mean over the segments of their largest (s_i + s_j) / d_ij, with s the mean distance to the own
    centroid and d the distance between centroids. None for one segment, or for two with the same
    centroid.
    """
    apart = cdist(of.centroids, of.centroids)
    np.fill_diagonal(apart, np.inf)
    if len(of.sizes) < 2 or not apart.all():
        return None
    spread = of.distances / of.sizes
    return float(((spread[:, None] + spread) / apart).max(axis=1).mean())


def calinski_harabasz(of: Moments) -> float | None:
    """Return the index of Calinski and Harabasz (1974), higher is better.

    The scatter between segments by k - 1, over the scatter within by n - k. None for one segment,
    as many as customers, or nothing scattered within.
    """
    count, customers, within = len(of.sizes), of.sizes.sum(), of.inertia
    if count < 2 or customers <= count or within <= 0.0:
        return None
    return float((of.scatter - within) / (count - 1) / (within / (customers - count)))

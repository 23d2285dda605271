"""Distance stats: sums of distances around centroids, of customers in memory.

It is what ``segdb.expressions.lloyd`` gives in SQL, with no statement to compile.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segdb.cluster.libraries import cdist
from segdb.cluster.matrix import Floats, Matrix, Places

Centroids = Sequence[Sequence[float]]


def distance_stats(
    matrix: Matrix, centroids: Centroids, *, means: bool = False
) -> dict[int, dict[str, float]]:
    """Return the figures of the customers around each centroid.

    Args:
        matrix: the customers.
        centroids: (k, d), one a cluster, scaled units.
        means: whether to add ``mean_i`` of column i.

    Returns:
        By place of the centroid, for those that have customers: ``customers``, and the sums of
        their ``distances`` to it and of the ``squares`` of those.
    """
    nearest, own = _nearest(matrix, centroids)

    def summed(part: Floats | float) -> Floats:
        total = np.bincount(nearest, matrix.weights * part, minlength=len(centroids))
        return total.astype(np.float64, copy=False)

    customers = summed(1.0)
    sums = {"customers": customers, "distances": summed(own), "squares": summed(own**2)}
    if means:
        some = np.maximum(customers, 1.0)
        sums |= {f"mean_{i}": summed(column) / some for i, column in enumerate(matrix.values.T)}
    return {
        int(place): {name: float(total[place]) for name, total in sums.items()}
        for place in np.flatnonzero(customers)
    }


def farthest_of(matrix: Matrix, centroids: Centroids, rows: int) -> list[tuple[int, list[float]]]:
    """Return (place of the nearest centroid, values) of those farthest from it.

    The farthest come first, and of equals those that come first in the matrix.
    """
    nearest, own = _nearest(matrix, centroids)
    order = np.argsort(-own, kind="stable")[:rows]
    return [(int(nearest[row]), matrix.values[row].tolist()) for row in order]


def simplified_silhouette(matrix: Matrix, centroids: Centroids) -> float:
    """Return the mean of (b - a) / max(a, b) by distances to the centroids, 0 to 1.

    a and b are a customer's distances to the nearest and the next nearest centroid (Hruschka, de
    Castro and Campello 2004); of two centroids in one place it is 0.
    """
    first, second = np.partition(cdist(matrix.values, centroids), 1, axis=1)[:, :2].T
    margins = np.where(second > 0.0, 1.0 - first / np.where(second > 0.0, second, 1.0), 0.0)
    return float(np.average(margins, weights=matrix.weights))


def _nearest(matrix: Matrix, centroids: Centroids) -> tuple[Places, Floats]:
    """Return the place of each customer's nearest centroid, of equals the first; its distance."""
    apart = cdist(matrix.values, centroids)
    nearest = apart.argmin(axis=1)
    return nearest, apart[np.arange(len(apart)), nearest]

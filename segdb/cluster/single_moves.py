"""Single moves: K-Means to the last single row (Hartigan and Wong 1979).

Lloyd's steps end where each row is nearest to its own centroid. A row may be so and the inertia
still fall when it moves, since the centroids of both clusters then follow it. Of a row of weight w
in cluster a at squared distance d², leaving saves w · W / (W - w) · d², with W the weight of its
cluster, and joining b costs w · W / (W + w) · d² by the weight and the distance of b. Where no such
move lowers the inertia, each row is nearest to its own centroid as well (Telgarsky and Vattani
2010), so nothing is lost by labelling with the nearest centroid.
"""

from __future__ import annotations

import numpy as np

from segdb.cluster.libraries import cdist
from segdb.cluster.matrix import Floats, Matrix, Places

# A fall of the inertia by less is rounding.
_LEAST = 1e-12
# Rows that one pass moves at most; of each the move is judged again when its turn comes.
_AT_ONCE = 500
_ALONE = 1.0 + 1e-9


def single_moves(matrix: Matrix, k: int, labels: Places) -> tuple[Floats, int]:
    """Move single rows, the best move first, each only if it still lowers the inertia.

    Args:
        matrix: the rows.
        k: number of clusters; to move into an empty one costs nothing.
        labels: (n,), the cluster of each row.

    Returns:
        (k, d) means of the clusters afterwards, and how many rows were moved: 0 where no move of
        one row lowers the inertia.
    """
    sizes, centroids = _means(matrix, k, labels)
    falls, inertia = _falls(matrix, centroids, sizes, labels)
    least = _LEAST * inertia
    worth = np.flatnonzero(falls > least)
    order = worth[np.argsort(-falls[worth], kind="stable")][:_AT_ONCE]
    labels, moved = labels.copy(), 0
    for row in order:
        place, weight, own = matrix.values[row], matrix.weights[row], labels[row]
        if sizes[own] <= weight * _ALONE:
            continue
        costs = weight * sizes / (sizes + weight) * ((centroids - place) ** 2).sum(axis=1)
        saved = costs[own] * (sizes[own] + weight) / (sizes[own] - weight)
        costs[own] = np.inf
        other = int(costs.argmin())
        if saved - costs[other] <= least:
            continue
        sizes[own] -= weight
        sizes[other] += weight
        centroids[own] -= weight / sizes[own] * (place - centroids[own])
        centroids[other] += weight / sizes[other] * (place - centroids[other])
        labels[row] = other
        moved += 1
    return centroids, moved


def _means(matrix: Matrix, k: int, labels: Places) -> tuple[Floats, Floats]:
    """Return the (k,) weights of the clusters and the (k, d) means of their rows."""
    sizes = np.bincount(labels, matrix.weights, minlength=k).astype(np.float64)
    columns = matrix.values.T * matrix.weights
    sums = np.column_stack([np.bincount(labels, column, minlength=k) for column in columns])
    return sizes, sums / np.where(sizes > 0.0, sizes, 1.0)[:, None]


def _falls(
    matrix: Matrix, centroids: Floats, sizes: Floats, labels: Places
) -> tuple[Floats, float]:
    """Return how far the best move of each of the (n,) rows lowers the inertia; the inertia."""
    rows = np.arange(len(labels)), labels
    squares = cdist(matrix.values, centroids, "sqeuclidean")
    own, weights, home = squares[rows], matrix.weights, sizes[labels]
    costs = squares * (sizes / (sizes + weights[:, None]))
    costs[rows] = np.inf
    left = home - weights
    # A row alone in its cluster lies on the centroid, and leaving saves nothing.
    alone = home <= weights * _ALONE
    saved = np.where(alone, 0.0, own * home / np.where(alone, 1.0, left))
    return weights * (saved - costs.min(axis=1)), float(own @ weights)

"""Distance stats: sums of distances around centroids, of customers in memory.

It is what ``segdb.expressions.lloyd`` gives in SQL, with no statement to compile.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from segdb.cluster.matrix import Matrix
from segdb.cluster.nearest import blocks, two_nearest
from segdb.cluster.threads import in_threads

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
    places = np.asarray(centroids, dtype=np.float64)
    count, width = places.shape
    sums = np.zeros((count, 3 + width * means))
    for block in blocks(matrix.values, places):
        values = [np.ones_like(block.least), np.sqrt(block.least), block.least]
        each = np.column_stack([*values, matrix.values[block.rows]] if means else values)
        each *= matrix.weights[block.rows, None]
        sums += block.nearest @ each
    customers = sums[:, 0]
    sums[:, 3:] /= np.maximum(customers, 1.0)[:, None]
    names = ["customers", "distances", "squares", *(f"mean_{i}" for i in range(width * means))]
    return {
        int(place): dict(zip(names, sums[place].tolist(), strict=True))
        for place in np.flatnonzero(customers)
    }


def distance_stats_each(
    matrix: Matrix, each: Sequence[Centroids]
) -> list[dict[int, dict[str, float]]]:
    """Return ``distance_stats`` of several sets of centroids, side by side."""
    return in_threads(partial(distance_stats, matrix), each, rows=len(matrix.values))


def farthest_of(matrix: Matrix, centroids: Centroids, rows: int) -> list[tuple[int, list[float]]]:
    """Return (place of the nearest centroid, values) of those farthest from it.

    The farthest come first, and of equals those that come first in the matrix.
    """
    around = two_nearest(matrix.values, np.asarray(centroids, dtype=np.float64))
    order = np.argsort(-around.first, kind="stable")[:rows]
    return [(int(around.places[row]), matrix.values[row].tolist()) for row in order]


def simplified_silhouettes(matrix: Matrix, each: Sequence[Centroids]) -> list[float]:
    """Return ``simplified_silhouette`` of several sets of centroids, side by side."""
    return in_threads(partial(simplified_silhouette, matrix), each, rows=len(matrix.values))


def simplified_silhouette(matrix: Matrix, centroids: Centroids) -> float:
    """Return the mean of (b - a) / max(a, b) by distances to the centroids, 0 to 1.

    a and b are a customer's distances to the nearest and the next nearest centroid (Hruschka, de
    Castro and Campello 2004); of two centroids in one place it is 0.
    """
    total = 0.0
    for block in blocks(matrix.values, np.asarray(centroids, dtype=np.float64)):
        np.copyto(block.squares, np.inf, where=block.nearest > 0.0)
        second = block.squares.min(axis=0)
        apart = second > 0.0
        margins = np.where(apart, 1.0 - np.sqrt(block.least / np.where(apart, second, 1.0)), 0.0)
        total += float(margins @ matrix.weights[block.rows])
    return total / float(matrix.weights.sum())

"""Starts: new centroids for K-Means, made from fits that are there.

K-Means++ alone seldom finds the least inertia of real customers from about six clusters on. Better
starts lie near good fits: those for one cluster more or less, a fit with one centroid moved
elsewhere (Fränti, Big Data 2018), and two fits crossed (Gribel and Vidal, Pattern Recognition
2019).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from segdb.cluster.libraries import cdist, linear_sum_assignment
from segdb.cluster.matrix import Floats, Matrix
from segdb.cluster.nearest import blocks, two_nearest

# Rows that are tried as the place of a new centroid.
_TRIALS = 16


def starts_near(
    matrix: Matrix,
    known: Mapping[int, Sequence[Floats]],
    k: int,
    count: int,
    generator: np.random.Generator,
) -> list[Floats]:
    """Return ``count`` starts for k: centroids added, moved and removed, fits crossed.

    Args:
        matrix: the rows.
        known: by number of clusters, the (k, d) centroids of the fits so far, the best first; k
            itself has at least one.
        k: number of clusters; at least 2.
        count: how many starts.
        generator: of random numbers.
    """
    fewer, own, more = known.get(k - 1, ()), known[k], known.get(k + 1, ())
    starts: list[Floats] = []
    for number in range(count):
        turn, kind = divmod(number, 4)
        if kind == 0 and fewer:
            starts.append(one_more(matrix, fewer[turn % len(fewer)], generator))
        elif kind == 2 and more:
            starts.append(_one_less(matrix, more[turn % len(more)], turn // len(more)))
        elif kind == 3 and len(own) > 1:
            one, other = generator.choice(len(own), 2, replace=False).tolist()
            starts.append(_crossed(own[one], own[other], generator))
        else:
            starts.append(
                _one_moved(matrix, own[int(generator.integers(min(2, len(own))))], generator)
            )
    return starts


def one_more(matrix: Matrix, centroids: Floats, generator: np.random.Generator) -> Floats:
    """Add a row as a centroid: the one of 16 that lowers the inertia most.

    The 16 are drawn by their part of the inertia, as k-means++ does.
    """
    values, weights = matrix.values, matrix.weights
    squares = two_nearest(values, centroids).first
    upto = (squares * weights).cumsum()
    if not upto[-1] > 0.0:
        return np.vstack([centroids, values[:1]])
    drawn = np.searchsorted(upto, generator.random(_TRIALS) * upto[-1], side="right")
    tried = values[np.minimum(drawn, len(values) - 1)]
    inertias = np.zeros(_TRIALS)
    for rows, after, _, _ in blocks(values, tried):
        np.minimum(after, squares[rows], out=after)
        inertias += after @ weights[rows]
    return np.vstack([centroids, tried[int(inertias.argmin())]])


def _one_less(matrix: Matrix, centroids: Floats, rank: int) -> Floats:
    """Remove the centroid without which the inertia rises least, or the ``rank``-th after it."""
    order = np.argsort(_losses(matrix, centroids), kind="stable")
    return np.delete(centroids, order[rank % len(centroids)], axis=0)


def _one_moved(matrix: Matrix, centroids: Floats, generator: np.random.Generator) -> Floats:
    """Remove a centroid, the likelier the less the inertia rises, and add another elsewhere."""
    losses = _losses(matrix, centroids)
    likely = 1.0 / np.maximum(losses, losses.max() * 1e-9 + np.finfo(float).tiny)
    place = generator.choice(len(centroids), p=likely / likely.sum())
    return one_more(matrix, np.delete(centroids, place, axis=0), generator)


def _crossed(one: Floats, other: Floats, generator: np.random.Generator) -> Floats:
    """Pair the centroids of two fits by their distances, and take one of each pair."""
    rows, partners = linear_sum_assignment(cdist(one, other, "sqeuclidean"))
    first = generator.random(len(one)) < 0.5
    crossed: Floats = np.where(first[:, None], one[rows], other[partners])
    return crossed


def _losses(matrix: Matrix, centroids: Floats) -> Floats:
    """Return how far the inertia would rise without each of the (k, d) centroids."""
    places, first, second = two_nearest(matrix.values, centroids)
    losses = np.bincount(places, (second - first) * matrix.weights, minlength=len(centroids))
    return losses.astype(np.float64, copy=False)

"""Lloyd: steps of K-Means (Lloyd 1982) from starts that are only compared, in NumPy.

The first fits are scikit-learn's; from there hundreds of starts are tried, of five steps each. A
step over 20,000 rows takes a third of a millisecond. scikit-learn's takes as long, and each of its
fits ten times that around the steps (checks, copies, the set of the labels). The rules are
scikit-learn's: the tolerance is of the summed squared moves of the centroids in units of the mean
variance, and a centroid that lost all its rows goes to the row farthest from its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from segdb.cluster.matrix import Centered, Floats, Matrix
from segdb.cluster.nearest import blocks, two_nearest

_STEPS = 2_000


@dataclass(frozen=True)
class End:
    """Where Lloyd's steps ended.

    Attributes:
        centroids: (k, d), scaled units.
        inertia: weighted sum of the rows' squared distances to the nearest.
        steps: how many were taken.
    """

    centroids: Floats
    inertia: float
    steps: int = 0

    @property
    def k(self) -> int:
        """Number of clusters."""
        return len(self.centroids)


def lloyd(
    matrix: Matrix,
    start: Floats,
    tolerance: float = 0.0,
    *,
    least_fall: float = 0.0,
    most_steps: int = _STEPS,
) -> End:
    """Run Lloyd's steps from (k, d) centroids, on the caller's thread.

    Args:
        matrix: the rows.
        start: where to begin; it is not changed.
        tolerance: the summed squared moves of the centroids at which they end, in mean variances
            of the columns; at 0 no centroid moves.
        least_fall: the relative fall of the inertia in a step below which they end.
        most_steps: the most steps.
    """
    rows = matrix.centered
    limit = tolerance * matrix.spread**2 / matrix.values.shape[1]
    centroids, before, shift, steps = start - rows.offset, math.inf, math.inf, 0
    while steps < most_steps and shift > limit:
        fall, moved = _step(rows, centroids)
        shift = float(((moved - centroids) ** 2).sum())
        # Only the last bits of a sum can make it rise.
        if shift == 0.0 or fall >= before or before - fall < least_fall * (rows.squares + fall):
            break
        centroids, before = moved, fall
        steps += 1
    ended: Floats = centroids + rows.offset
    return End(ended, inertia_around(matrix, ended), steps)


def inertia_around(matrix: Matrix, centroids: Floats) -> float:
    """Return the weighted sum of the rows' squared distances to the nearest of (k, d) centroids."""
    weights = matrix.weights
    return math.fsum(
        float(block.least @ weights[block.rows]) for block in blocks(matrix.values, centroids)
    )


def _step(rows: Centered, centroids: Floats) -> tuple[float, Floats]:
    """Return the inertia around the centroids less that of zero, and the means of their rows."""
    sums, sizes, fall = np.zeros_like(centroids), np.zeros(len(centroids)), 0.0
    for part, _, least, is_nearest in blocks(rows.values, centroids, less_own=True):
        weights = rows.weights[part]
        sums += is_nearest @ rows.weighted[part]
        sizes += is_nearest @ weights
        fall += float(least @ weights)
    if not sizes.all():
        _relocate(rows, centroids, sums, sizes)
    some = sizes > 0.0
    return fall, np.where(some[:, None], sums / np.where(some, sizes, 1.0)[:, None], centroids)


def _relocate(rows: Centered, centroids: Floats, sums: Floats, sizes: Floats) -> None:
    """Give each empty cluster one of the rows farthest from their centroids, which loses it."""
    empty = np.flatnonzero(sizes == 0.0)
    around = two_nearest(rows.values, centroids)
    farthest = np.argsort(-around.first, kind="stable")[: len(empty)]
    for place, row in zip(empty, farthest, strict=False):
        weight, own = rows.weights[row], around.places[row]
        sums[own] -= rows.weighted[row]
        sizes[own] -= weight
        sums[place], sizes[place] = rows.weighted[row], weight

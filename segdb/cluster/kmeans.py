"""K-Means: Lloyd's steps of scikit-learn and single moves, the same result whatever the threads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from segdb.cluster.libraries import KMeans
from segdb.cluster.matrix import Floats, Matrix, Places
from segdb.cluster.single_moves import single_moves
from segdb.cluster.threads import in_threads
from segdb.errors import DataError

# Where Lloyd's steps end, by how far the centroids move: scikit-learn's tolerance, and for starts
# that are only compared.
ROUGH = 1e-3
FINE = 1e-4
_STEPS = 2_000


@dataclass(frozen=True)
class Fit:
    """A fitted K-Means.

    Attributes:
        k: number of clusters.
        centroids: (k, d), scaled units.
        labels: (n,), of each row the place of its nearest centroid.
        inertia: weighted sum of squared distances to it.
        steps: of Lloyd's, from the start that it was fitted from.
        other_ends: centroids of the fits that ended elsewhere, at most 1 % worse; the best first.
    """

    k: int
    centroids: Floats
    labels: Places
    inertia: float
    steps: int = 0
    other_ends: tuple[Floats, ...] = ()


def lloyd_each(matrix: Matrix, starts: Iterable[Floats], tolerance: float = 0.0) -> list[Fit]:
    """Run Lloyd's steps from each start, an array of (k, d) centroids; at 0 until no row moves."""
    return in_threads(lambda start: fit_from(matrix, start, tolerance), starts)


def settle_each(matrix: Matrix, starts: Iterable[Floats]) -> list[Fit]:
    """Run Lloyd's steps and single moves from each start until neither lowers the inertia."""
    return in_threads(lambda start: settle(matrix, start), starts)


def settle(matrix: Matrix, start: Floats) -> Fit:
    """Run Lloyd's steps and single moves by turns from (k, d) centroids, on the caller's thread.

    Each row of the result is nearest to its own centroid, the mean of its cluster.
    """
    best = fit_from(matrix, start, 0.0)
    while True:
        centroids, moved = single_moves(matrix, best.k, best.labels)
        if not moved:
            return replace(best, centroids=centroids)
        further = fit_from(matrix, centroids, 0.0)
        # A fall behind the last bits of the sums is none.
        if further.inertia >= best.inertia:
            return best
        best = replace(further, steps=best.steps + further.steps)


def fit_from(matrix: Matrix, start: Floats, tolerance: float) -> Fit:
    """Run Lloyd's steps from (k, d) centroids, on as many threads as the caller allows."""
    return _fitted(matrix, len(start), init=start, tol=tolerance)


def best_from(matrix: Matrix, starts: Sequence[Floats], tolerance: float) -> Fit:
    """Run Lloyd's steps from each of (k, d) centroids and return the fit of least inertia.

    One fit of scikit-learn for all starts: on few rows, what it checks takes longer than its steps.
    """
    # scikit-learn moves the rows to their mean, and starts that it is given one by one are there.
    mean = matrix.values.mean(axis=0)
    coming = iter(starts)
    return _fitted(
        matrix,
        len(starts[0]),
        n_init=len(starts),
        init=lambda *_, **__: next(coming) - mean,
        tol=tolerance,
    )


def plus_plus(matrix: Matrix, k: int, seed: int) -> Fit:
    """Fit from one start by greedy k-means++, until the centroids hardly move."""
    return _fitted(matrix, k, init="k-means++", tol=ROUGH, random_state=seed)


def nearest(values: Floats, centroids: Floats) -> Places:
    """Return for each of the (n, d) rows the place of the nearest of the (k, d) centroids."""
    # |x - c|² without |x|², which is the same for all c.
    squares: Floats = (centroids**2).sum(axis=1) - 2.0 * (values @ centroids.T)
    places: Places = squares.argmin(axis=1)
    return places


def refuse_too_few(matrix: Matrix, k: int) -> None:
    """Raise DataError where fewer than k rows differ."""
    rows = len(matrix.values)
    if rows < k:
        raise DataError(
            f"{rows:,} customers cannot make {k} segments. Set [cluster] k, or k_max, to fewer, "
            "or read more customers."
        )
    if matrix.distinct_rows < k:
        kinds = matrix.distinct_rows
        words = "are all alike" if kinds == 1 else f"are of only {kinds} kinds"
        raise DataError(
            f"The {rows:,} customers {words} by {', '.join(matrix.features)}, which cannot make "
            f"{k} segments. Use more features, or a finer [outliers] method than one that caps "
            "most values to the same" + (f", or set [cluster] k to {kinds}." if kinds > 1 else ".")
        )


def _fitted(matrix: Matrix, k: int, n_init: int = 1, **options: Any) -> Fit:
    means = KMeans(k, n_init=n_init, max_iter=_STEPS, **options)
    fitted = means.fit(matrix.values, sample_weight=matrix.weights)
    labels = fitted.labels_.astype(np.intp)
    return Fit(k, fitted.cluster_centers_, labels, float(fitted.inertia_), int(fitted.n_iter_))

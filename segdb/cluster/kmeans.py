"""K-Means: Lloyd's steps of scikit-learn and single moves, the same result whatever the threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.cluster import KMeans

from segdb.cluster.matrix import Floats, Matrix, Places
from segdb.cluster.moves import single_moves
from segdb.cluster.threads import in_threads
from segdb.errors import DataError

# The last steps move single rows; starts are told apart long before. Tolerances as scikit-learn's.
ROUGH = 1e-3
FINE = 1e-4
_STEPS = 2_000
_FINALISTS = 2
# On few rows a start costs next to nothing, and K-Means has as many optima as on many.
_FEW_ROWS = 5_000
_MOST_TIMES = 5


@dataclass(frozen=True)
class Fit:
    """A fitted K-Means.

    Attributes:
        k: number of clusters.
        centroids: (k, d), scaled units.
        labels: (n,), of each row the place of its nearest centroid.
        inertia: weighted sum of squared distances to it.
    """

    k: int
    centroids: Floats
    labels: Places
    inertia: float


def fit(matrix: Matrix, k: int, seed: int, n_init: int, start: Floats | None = None) -> Fit:
    """Fit K-Means (Lloyd 1982) to weighted rows, each start by k-means++ (2007).

    Args:
        matrix: the rows.
        k: number of clusters.
        seed: of the starts.
        n_init: how many starts (of fewer than 5,000 rows up to five times as many); the one of
            least inertia is taken.
        start: (k, d) centroids to start from as well; with them ``n_init`` may be 0.

    Raises:
        DataError: there are fewer than k rows that differ.
    """
    starts = [] if start is None else [start]
    best = fit_each(matrix, [k], seed, n_init, {k: starts})[k]
    return settle_each(matrix, [best.centroids])[0]


def fit_each(
    matrix: Matrix,
    ks: Sequence[int],
    seed: int,
    n_init: int,
    starts: Mapping[int, Sequence[Floats]] | None = None,
) -> dict[int, Fit]:
    """Fit each k as ``fit`` does, but for the last moves; ``starts`` are more starts by k.

    Raises:
        DataError: there are fewer rows that differ than the largest k.
    """
    _refuse_too_few(matrix, max(ks))
    times = max(1, min(_MOST_TIMES, _FEW_ROWS // len(matrix.values)))
    tries = [(k, _own_seed(seed, k, number)) for k in ks for number in range(n_init * times)]
    begun = in_threads(lambda one: plus_plus(matrix, *one), tries)
    ends: list[Floats] = []
    for k in ks:
        best = sorted((one for one in begun if one.k == k), key=lambda one: one.inertia)
        ends += [one.centroids for one in best[:_FINALISTS]]
        ends += (starts or {}).get(k, [])
    return best_by_k(lloyd_each(matrix, ends, FINE))


def best_by_k(fits: Iterable[Fit]) -> dict[int, Fit]:
    """Return of each k the fit with the least inertia; the first of equals."""
    best: dict[int, Fit] = {}
    for one in fits:
        if one.k not in best or one.inertia < best[one.k].inertia:
            best[one.k] = one
    return best


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
        best = further


def fit_from(matrix: Matrix, start: Floats, tolerance: float) -> Fit:
    """Run Lloyd's steps from (k, d) centroids, on as many threads as the caller allows."""
    return _fitted(matrix, len(start), init=start, tol=tolerance)


def plus_plus(matrix: Matrix, k: int, seed: int) -> Fit:
    """Fit from one start by greedy k-means++, until the centroids hardly move."""
    return _fitted(matrix, k, init="k-means++", tol=ROUGH, random_state=seed)


def nearest(values: Floats, centroids: Floats) -> Places:
    """Return for each of the (n, d) rows the place of the nearest of the (k, d) centroids."""
    # |x - c|² without |x|², which is the same for all c.
    squares: Floats = (centroids**2).sum(axis=1) - 2.0 * (values @ centroids.T)
    places: Places = squares.argmin(axis=1)
    return places


def _own_seed(seed: int, k: int, number: int) -> int:
    return int(np.random.SeedSequence([seed, k, number]).generate_state(1)[0])


def _fitted(matrix: Matrix, k: int, **options: Any) -> Fit:
    means = KMeans(k, n_init=1, max_iter=_STEPS, **options)
    found = means.fit(matrix.values, sample_weight=matrix.weights)
    labels = found.labels_.astype(np.intp)
    return Fit(k, found.cluster_centers_, labels, float(found.inertia_))


def _refuse_too_few(matrix: Matrix, k: int) -> None:
    rows = len(matrix.values)
    if rows < k:
        raise DataError(
            f"{rows:,} customers cannot make {k} segments. Set [cluster] k, or k_max, to fewer, "
            "or read more customers."
        )
    if matrix.distinct_rows < k:
        kinds = matrix.distinct_rows
        alike = "are all alike" if kinds == 1 else f"are of only {kinds} kinds"
        raise DataError(
            f"The {rows:,} customers {alike} by {', '.join(matrix.features)}, which cannot make "
            f"{k} segments. Use more features, or a finer [outliers] method than one that caps "
            "most values to the same" + (f", or set [cluster] k to {kinds}." if kinds > 1 else ".")
        )

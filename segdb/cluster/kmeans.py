"""K-Means: scikit-learn's Lloyd on the compact matrix, the same result whatever the threads.

On a large matrix most starts end in the same few places, and a small draw of rows is enough to see
which: each start is fitted on a draw of its own, all are judged on every row, and only the best are
fitted on every row. On 20,000 rows that takes about a tenth of the time of as many whole fits.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from segdb.cluster.matrix import Floats, Matrix, Places
from segdb.cluster.threads import in_threads
from segdb.errors import DataError

# Up to here every start is fitted on every row; above, on a draw of so many.
SCREEN_ROWS = 3_000
# Starts that are fitted on every row of a large matrix.
_FINALISTS = 3
_STEPS = 300


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
        n_init: how many starts; the best of them by inertia is taken.
        start: (k, d) centroids to start from as well; with them ``n_init`` may be 0.

    Raises:
        DataError: there are fewer than k rows that differ.
    """
    starts = [] if start is None else [start]
    return fit_each(matrix, [k], seed, n_init, {k: starts})[0]


def fit_each(
    matrix: Matrix,
    ks: Sequence[int],
    seed: int,
    n_init: int,
    starts: dict[int, list[Floats]] | None = None,
) -> tuple[Fit, ...]:
    """Fit each k as ``fit`` does; ``starts`` are more starts by k.

    Raises:
        DataError: there are fewer rows that differ than the largest k.
    """
    _refuse_too_few(matrix, max(ks))
    with warnings.catch_warnings():
        # Said of rows that coincide; _refuse_too_few has said it in plain words.
        warnings.simplefilter("ignore", ConvergenceWarning)
        tries = [(k, number) for k in ks for number in range(n_init)]
        begun = in_threads(lambda one: _begin(matrix, *one, seed), tries)
        finals = []
        for k in ks:
            own = sorted((b for b in begun if b.k == k), key=lambda b: b.inertia)
            own = own if len(matrix.values) <= SCREEN_ROWS else own[:_FINALISTS]
            finals += [f.centroids for f in own[:_FINALISTS]]
            finals += (starts or {}).get(k, [])
        ends = in_threads(lambda centroids: lloyd(matrix, centroids), finals)
    return tuple(min((e for e in ends if e.k == k), key=lambda e: e.inertia) for k in ks)


def lloyd(matrix: Matrix, start: Floats) -> Fit:
    """Run Lloyd's steps from ``start`` until no row moves."""
    found = KMeans(len(start), init=start, n_init=1, max_iter=_STEPS, tol=0.0).fit(
        matrix.values, sample_weight=matrix.weights
    )
    return _told(found)


def plus_plus(matrix: Matrix, k: int, seed: int) -> Fit:
    """Fit one k-means++ start."""
    found = KMeans(k, init="k-means++", n_init=1, max_iter=_STEPS, random_state=seed).fit(
        matrix.values, sample_weight=matrix.weights
    )
    return _told(found)


def nearest(values: Floats, centroids: Floats) -> Places:
    """Return for each of the (n, d) rows the place of the nearest of the (k, d) centroids."""
    # |x - c|² without |x|², which is the same for all c.
    squares: Floats = (centroids**2).sum(axis=1) - 2.0 * (values @ centroids.T)
    return squares.argmin(axis=1)


def inertia(matrix: Matrix, centroids: Floats, labels: Places) -> float:
    """Return the weighted sum of squared distances of the rows to their centroids."""
    squares = ((matrix.values - centroids[labels]) ** 2).sum(axis=1)
    return float(squares @ matrix.weights)


def _begin(matrix: Matrix, k: int, number: int, seed: int) -> Fit:
    own = int(np.random.SeedSequence([seed, k, number]).generate_state(1)[0])
    rows = len(matrix.values)
    if rows <= SCREEN_ROWS:
        return plus_plus(matrix, k, own)
    drawn = np.random.default_rng(own).choice(rows, SCREEN_ROWS, replace=False)
    centroids = plus_plus(matrix.take(drawn), k, own).centroids
    labels = nearest(matrix.values, centroids)
    return Fit(k, centroids, labels, inertia(matrix, centroids, labels))


def _told(found: KMeans) -> Fit:
    labels = found.labels_.astype(np.intp)
    return Fit(found.n_clusters, found.cluster_centers_, labels, float(found.inertia_))


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

"""K-Means: fits of scikit-learn, carried on by Lloyd's steps and single moves.

The result is the same whatever the threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segdb.cluster.libraries import KMeans
from segdb.cluster.lloyd import End, lloyd
from segdb.cluster.matrix import Floats, Matrix, Places
from segdb.cluster.nearest import nearest
from segdb.cluster.single_moves import single_moves
from segdb.cluster.threads import in_threads
from segdb.errors import DataError

# Where Lloyd's steps end, by how far the centroids move: scikit-learn's tolerance, and for starts
# that are only compared.
ROUGH = 1e-3
FINE = 1e-4


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


def lloyd_each(
    matrix: Matrix, starts: Iterable[Floats], *, least_fall: float, most_steps: int
) -> list[End]:
    """Run Lloyd's steps from each start; see ``segdb.cluster.lloyd.lloyd`` for where they end."""
    return in_threads(
        lambda start: lloyd(matrix, start, least_fall=least_fall, most_steps=most_steps),
        starts,
        rows=len(matrix.values),
    )


def settle_each(matrix: Matrix, starts: Iterable[Floats]) -> list[End]:
    """Run Lloyd's steps and single moves from each start until neither lowers the inertia."""
    return in_threads(lambda start: settle(matrix, start), starts, rows=len(matrix.values))


def settle(matrix: Matrix, start: Floats) -> End:
    """Run Lloyd's steps and single moves by turns from (k, d) centroids, on the caller's thread.

    Each row of the result is nearest to its own centroid, the mean of its cluster.
    """
    best = lloyd(matrix, start)
    while True:
        centroids, moved = single_moves(matrix, best.k, nearest(matrix.values, best.centroids))
        if not moved:
            return End(centroids, best.inertia, best.steps)
        further = lloyd(matrix, centroids)
        # A fall behind the last bits of the sums is none.
        if further.inertia >= best.inertia:
            return best
        best = End(further.centroids, further.inertia, best.steps + further.steps)


def best_from(matrix: Matrix, starts: Sequence[Floats], tolerance: float) -> End:
    """Run Lloyd's steps from each of (k, d) centroids and return the end of least inertia."""
    return min((lloyd(matrix, start, tolerance) for start in starts), key=lambda end: end.inertia)


def plus_plus_end(matrix: Matrix, k: int, seed: int) -> End:
    """Fit scikit-learn's K-Means from one start by greedy k-means++, on the caller's thread."""
    model = KMeans(k, init="k-means++", n_init=1, tol=ROUGH, random_state=seed, algorithm="lloyd")
    model.fit(matrix.values, sample_weight=matrix.weights)
    centroids: Floats = model.cluster_centers_
    return End(centroids, float(model.inertia_), int(model.n_iter_))


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

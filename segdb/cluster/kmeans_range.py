"""K-Means for a range of k: a search for starts, and what is left of it ends with single moves.

Up to 5,000 rows the search (``segdb.cluster.search``) is on all of them, and from the best fits
basin hopping goes on. Of more rows it is first on 5,000 of them, whose best fits are carried on
over all. README says how near the inertia comes to the best of 300 starts of scikit-learn;
``tests/benchmarks/test_inertia.py`` measures it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from segdb.cluster.kmeans import FINE, Fit, refuse_too_few, settle, settle_each
from segdb.cluster.lloyd import End, lloyd
from segdb.cluster.matrix import Matrix
from segdb.cluster.nearest import nearest
from segdb.cluster.search import Search, by_inertia, different, first_fits, half, searched
from segdb.cluster.threads import in_threads

# On few rows a start costs next to nothing, and K-Means has as many optima as on many.
_FEW_ROWS = 5_000
_MOST_TIMES = 8
_ON_FEW = Search(rounds=10, patience=2, few_clusters=2)
# Of more rows: of heavy tails and of uniform noise, less leaves some fits 0.1 % above the best.
_ON_PART = Search(rounds=10, patience=3, few_clusters=2)
_ON_ALL = Search(rounds=6, patience=2, few_clusters=2, seed=500)
# Of more rows, the fits of each k that end with single moves.
_CARRIED = 2
# Of few rows: how far the centroids hop, in standard deviations of a column, and how often without
# a fall of the inertia.
_HOP = 0.3
_HOPS = 15
_LOWER = 1 - 1e-9
# Inertia of other fits that are passed on, against the best: on all customers they may be better.
_GOOD = 1.01


def fit(matrix: Matrix, k: int, seed: int, n_init: int) -> Fit:
    """Fit K-Means for one k, as ``fit_range`` does.

    Raises:
        DataError: there are fewer than k rows that differ.
    """
    return fit_range(matrix, [k], seed, n_init)[0]


def fit_range(matrix: Matrix, ks: Sequence[int], seed: int, n_init: int) -> tuple[Fit, ...]:
    """Fit K-Means to weighted rows for each k.

    Equal rows are fitted as one row of their weight: K-Means never gains by dividing them, since
    what a move of a part of them saves is convex in the part.

    Args:
        matrix: the rows.
        ks: numbers of clusters, ascending.
        seed: of all that is drawn.
        n_init: starts of each k by k-means++ (Arthur and Vassilvitskii 2007); above four clusters
            half of them, and as many in each round. Of fewer than 5,000 rows up to five times as
            many.

    Raises:
        DataError: there are fewer rows that differ than the largest k.
    """
    refuse_too_few(matrix, max(ks))
    rows = matrix.merged
    part = _part(rows, max(ks), seed)
    times = max(1, min(_MOST_TIMES, _FEW_ROWS // len(rows.values)))
    count = times * half(n_init)
    first = first_fits(part, ks, seed, n_init * times)
    kept = searched(part, first, _ON_FEW if part is rows else _ON_PART, seed, count)
    if part is not rows:
        kept = searched(rows, _carried_on(rows, kept), _ON_ALL, seed, count)
        kept = {k: ends[:_CARRIED] for k, ends in kept.items()}
    settled = settle_each(rows, [end.centroids for k in ks for end in kept[k]])
    ends = {k: sorted((end for end in settled if end.k == k), key=by_inertia) for k in ks}
    if part is rows:
        ends = _hopped(rows, ends, seed)
    return tuple(_best(matrix, ends[k]) for k in ks)


def _part(rows: Matrix, k: int, seed: int) -> Matrix:
    """Return a draw of 5,000 of more rows; all of them, where it has too few that differ."""
    if len(rows.values) <= _FEW_ROWS:
        return rows
    # As likely as in a lightweight coreset (Bachem, Lucic and Krause 2018): a uniform draw lacks
    # the far rows that make clusters of their own.
    squares = ((rows.values - rows.center) ** 2).sum(axis=1)
    shares = rows.weights / rows.weights.sum() + rows.weights * squares / rows.scatter
    chance = np.minimum(1.0, 0.5 * _FEW_ROWS * shares)
    drawn = np.flatnonzero(np.random.default_rng([seed, _FEW_ROWS]).random(len(chance)) < chance)
    part = Matrix.of(rows.values[drawn], rows.weights[drawn] / chance[drawn])
    return part if part.distinct_rows > k else rows


def _hopped(rows: Matrix, ends: Mapping[int, Sequence[End]], seed: int) -> dict[int, list[End]]:
    """Put before the ends of each k the best one that basin hopping finds (Wales and Doye 1997).

    Real customers have several optima within a hundred-thousandth of the least inertia, between
    which some per cent of them change their segment. From the best of them, moved a little in any
    direction, the least is found whatever the seed.
    """
    sd = _HOP * rows.spread / math.sqrt(rows.values.shape[1])

    def hop(k: int) -> End:
        best, generator = ends[k][0], np.random.default_rng([seed, 1_000, k])
        hops = 0
        while hops < _HOPS:
            start = best.centroids + generator.normal(scale=sd, size=best.centroids.shape)
            end = settle(rows, start)
            hops = 0 if end.inertia < best.inertia * _LOWER else hops + 1
            best = min(best, end, key=by_inertia)
        return best

    several = [k for k in ends if 1 < k < len(rows.values)]
    best = dict(zip(several, in_threads(hop, several, rows=len(rows.values)), strict=True))
    return {k: different(rows, [*([best[k]] if k in best else ()), *ends[k]]) for k in ends}


def _carried_on(rows: Matrix, kept: Mapping[int, Sequence[End]]) -> dict[int, list[End]]:
    """Return for each k the best different ends on all rows of the best on a part of them."""
    fine = in_threads(
        lambda end: lloyd(rows, end.centroids, FINE),
        [end for ends in kept.values() for end in ends],
        rows=len(rows.values),
    )
    return {k: different(rows, (end for end in fine if end.k == k)) for k in kept}


def _best(matrix: Matrix, ends: Sequence[End]) -> Fit:
    best, *others = sorted(ends, key=by_inertia)
    return Fit(
        best.k,
        best.centroids,
        nearest(matrix.values, best.centroids),
        best.inertia,
        best.steps,
        tuple(other.centroids for other in others if other.inertia <= best.inertia * _GOOD),
    )

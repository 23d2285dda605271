"""K-Means for a range of k, in rounds: each k starts anew from its own and its neighbours' fits.

For each k a few fits that end in different places are kept. In each round new starts are made of
them (``segdb.cluster.starts``), until none has been better for a while. The fits that are left end
with single moves (Hartigan and Wong 1979). On few rows the search goes on from these ends, with
fits that end so too. README says how near the inertia comes to the best of 300 starts of
scikit-learn; ``tests/benchmarks/test_inertia.py`` measures it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from segdb.cluster.kmeans import (
    FINE,
    ROUGH,
    Fit,
    best_from,
    fit_from,
    lloyd_each,
    plus_plus,
    refuse_too_few,
    settle,
    settle_each,
)
from segdb.cluster.libraries import cdist
from segdb.cluster.matrix import Matrix
from segdb.cluster.starts import starts_near
from segdb.cluster.threads import in_threads

# On more rows the first fits are as near, and a round costs more.
_SMALL = 10_000
# Fits that are kept of each k.
_KEPT = 6
# Of few clusters k-means++ is as good as any start.
_FEW_CLUSTERS = 4
# On few rows a start costs next to nothing, and K-Means has as many optima as on many.
_FEW_ROWS = 5_000
_MOST_TIMES = 8
# Two fits are the same where all their centroids are nearer, in standard deviations of the rows.
_SAME = 0.05
_BETTER = 1 - 1e-5
# Inertia of other fits that are passed on, against the best: on all customers they may be better.
_GOOD = 1.01


@dataclass(frozen=True)
class _Search:
    """How long starts are made of the fits that are there.

    Attributes:
        rounds: at most.
        patience: rounds in which neither k nor a neighbour got better, after which k is left alone.
        few_clusters: likewise, up to four clusters.
        settles: each fit ends with single moves.
        seed: that no other search has.
    """

    rounds: int
    patience: int
    few_clusters: int
    settles: bool = False
    seed: int = 0


_USUAL = _Search(rounds=10, patience=3, few_clusters=3)
# Of real and planted customers, less leaves some fits above the target of 0.01 %.
_LONG = _Search(rounds=20, patience=5, few_clusters=3)
_FROM_THE_ENDS = _Search(rounds=10, patience=3, few_clusters=0, settles=True, seed=1_000)


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
    times = max(1, min(_MOST_TIMES, _FEW_ROWS // len(rows.values)))
    count = times * _half(n_init)
    small = len(rows.values) <= _SMALL
    first = _first_fits(rows, ks, seed, n_init * times)
    kept = _searched(rows, first, _LONG if small else _USUAL, seed, count)
    settled = settle_each(rows, [end.centroids for k in ks for end in kept[k]])
    ends = {k: sorted((end for end in settled if end.k == k), key=_inertia) for k in ks}
    if small:
        apart = {k: _different(rows, ends[k]) for k in ks}
        ends = _searched(rows, apart, _FROM_THE_ENDS, seed, count)
    return tuple(_best(matrix, ends[k]) for k in ks)


def _searched(
    rows: Matrix, fits: Mapping[int, list[Fit]], search: _Search, seed: int, count: int
) -> dict[int, list[Fit]]:
    """Return for each k the best different fits, after rounds of so many new starts of each k."""
    kept, since_better = dict(fits), dict.fromkeys(fits, 0)
    for number in range(search.seed, search.seed + search.rounds):
        active = [
            k
            for k, rounds in since_better.items()
            if rounds < (search.few_clusters if k <= _FEW_CLUSTERS else search.patience)
            and 1 < k < len(rows.values)
        ]
        if not active:
            break
        for new in _round(rows, kept, active, (seed, number, count), settles=search.settles):
            since_better[new.k] += 1
            if new.inertia < kept[new.k][0].inertia * _BETTER:
                since_better |= {k: 0 for k in kept if abs(k - new.k) <= 1}
            kept[new.k] = _different(rows, [*kept[new.k], new])
    return kept


def _first_fits(rows: Matrix, ks: Sequence[int], seed: int, count: int) -> dict[int, list[Fit]]:
    """Return for each k the best different fits from starts by k-means++."""
    tries = [
        (k, _seed_of(seed, k, number))
        for k in ks
        for number in range(count if k <= _FEW_CLUSTERS else _half(count))
    ]
    begun = in_threads(lambda k_and_seed: plus_plus(rows, *k_and_seed), tries)
    ends = [end for k in ks for end in _different(rows, (fit for fit in begun if fit.k == k))]
    fine = lloyd_each(rows, [end.centroids for end in ends], FINE)
    return {k: _different(rows, (end for end in fine if end.k == k)) for k in ks}


def _round(
    rows: Matrix,
    kept: Mapping[int, Sequence[Fit]],
    ks: Sequence[int],
    draw: tuple[int, int, int],
    *,
    settles: bool,
) -> list[Fit]:
    """Return for each k the best fit of new starts.

    Args:
        rows: the rows.
        kept: the fits so far.
        ks: numbers of clusters.
        draw: seed, number of the round, and how many starts.
        settles: the best ends with single moves.
    """
    seed, number, count = draw
    known = {k: [end.centroids for end in ends] for k, ends in kept.items()}

    def best(k: int) -> Fit:
        starts = starts_near(rows, known, k, count, np.random.default_rng([seed, number, k]))
        rough = best_from(rows, starts, ROUGH)
        end = settle if settles else partial(fit_from, tolerance=FINE)
        return end(rows, rough.centroids)

    return in_threads(best, ks)


def _different(rows: Matrix, fits: Iterable[Fit]) -> list[Fit]:
    """Return the best fits that ended in different places, the best first."""
    near = _SAME * rows.spread
    best: list[Fit] = []
    for end in sorted(fits, key=_inertia):
        if all(cdist(end.centroids, b.centroids).min(axis=1).max() > near for b in best):
            best.append(end)
        if len(best) == _KEPT:
            break
    return best


def _best(matrix: Matrix, fits: Sequence[Fit]) -> Fit:
    best, *others = sorted(fits, key=_inertia)
    return replace(
        best,
        labels=best.labels[matrix.place_in_merged],
        other_ends=tuple(o.centroids for o in others if o.inertia <= best.inertia * _GOOD),
    )


def _half(count: int) -> int:
    return (count + 1) // 2


def _inertia(of: Fit) -> float:
    return of.inertia


def _seed_of(seed: int, k: int, number: int) -> int:
    return int(np.random.SeedSequence([seed, k, number]).generate_state(1)[0])

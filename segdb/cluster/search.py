"""Search: fits of K-Means for a range of k, in rounds of new starts made of those that are there.

For each k a few fits that end in different places are kept. In each round new starts are made of
them and of their neighbours' (``segdb.cluster.starts``), until none has been better for a while.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from segdb.cluster.kmeans import FINE, ROUGH, best_from, plus_plus_end
from segdb.cluster.libraries import cdist
from segdb.cluster.lloyd import End, lloyd
from segdb.cluster.matrix import Matrix
from segdb.cluster.starts import starts_near
from segdb.cluster.threads import in_threads

# Fits that are kept of each k.
_KEPT = 6
# Of few clusters k-means++ is as good as any start.
_FEW_CLUSTERS = 4
# Two fits are the same where all their centroids are nearer, in standard deviations of the rows.
_SAME = 0.05
_BETTER = 1 - 1e-5


@dataclass(frozen=True)
class Search:
    """How long starts are made of the fits that are there.

    Attributes:
        rounds: at most.
        patience: rounds in which neither k nor a neighbour got better, after which k is left alone.
        few_clusters: likewise, up to four clusters.
        seed: that no other search has.
    """

    rounds: int
    patience: int
    few_clusters: int
    seed: int = 0


def first_fits(rows: Matrix, ks: Sequence[int], seed: int, count: int) -> dict[int, list[End]]:
    """Return for each k the best different fits from starts by k-means++."""
    tries = [
        (k, _seed_of(seed, k, number))
        for k in ks
        for number in range(count if k <= _FEW_CLUSTERS else half(count))
    ]
    begun = in_threads(
        lambda k_and_seed: plus_plus_end(rows, *k_and_seed), tries, rows=len(rows.values)
    )
    ends = [end for k in ks for end in different(rows, (fit for fit in begun if fit.k == k))]
    fine = in_threads(lambda end: lloyd(rows, end.centroids, FINE), ends, rows=len(rows.values))
    return {k: different(rows, (end for end in fine if end.k == k)) for k in ks}


def searched(
    rows: Matrix, fits: Mapping[int, list[End]], search: Search, seed: int, count: int
) -> dict[int, list[End]]:
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
        for new in _round(rows, kept, active, (seed, number, count)):
            since_better[new.k] += 1
            if new.inertia < kept[new.k][0].inertia * _BETTER:
                since_better |= {k: 0 for k in kept if abs(k - new.k) <= 1}
            kept[new.k] = different(rows, [*kept[new.k], new])
    return kept


def _round(
    rows: Matrix,
    kept: Mapping[int, Sequence[End]],
    ks: Sequence[int],
    draw: tuple[int, int, int],
) -> list[End]:
    """Return for each k the best fit of new starts.

    Args:
        rows: the rows.
        kept: the fits so far.
        ks: numbers of clusters.
        draw: seed, number of the round, and how many starts.
    """
    seed, number, count = draw
    known = {k: [end.centroids for end in ends] for k, ends in kept.items()}

    def best(k: int) -> End:
        starts = starts_near(rows, known, k, count, np.random.default_rng([seed, number, k]))
        return lloyd(rows, best_from(rows, starts, ROUGH).centroids, FINE)

    return in_threads(best, ks, rows=len(rows.values))


def different(rows: Matrix, fits: Iterable[End]) -> list[End]:
    """Return the best fits that ended in different places, the best first."""
    near = _SAME * rows.spread
    best: list[End] = []
    for end in sorted(fits, key=by_inertia):
        if all(cdist(end.centroids, b.centroids).min(axis=1).max() > near for b in best):
            best.append(end)
        if len(best) == _KEPT:
            break
    return best


def half(count: int) -> int:
    """Return half of a count, rounded up."""
    return (count + 1) // 2


def by_inertia(of: End) -> float:
    """Return what ends are ordered by."""
    return of.inertia


def _seed_of(seed: int, k: int, number: int) -> int:
    return int(np.random.SeedSequence([seed, k, number]).generate_state(1)[0])

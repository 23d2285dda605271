"""Match centroids: which new centroid is which old one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segdb.cluster.libraries import cdist, linear_sum_assignment


def match(
    new: Sequence[Sequence[float]],
    views: Sequence[Sequence[Sequence[float]]],
    old_ids: Sequence[int],
    next_id: int,
    threshold: float,
) -> tuple[int, ...]:
    """Give each new centroid the id of the old one that it is, or a new id.

    The sum of the distances is the least that there is (the Hungarian method, Kuhn 1955), where a
    pair farther apart than the threshold is none and counts as the threshold (a gated assignment,
    Blackman and Popoli 1999). So no segment that stayed where it was gives its id away to let a
    vanished one and a new one be matched along a chain of neighbours.

    Args:
        new: (k, d) centroids.
        views: each (m, d): where the old centroids are, seen one way or another, in the same
            units. The view with the least sum counts; of equals the first.
        old_ids: of the m.
        next_id: the first id that was never given; new centroids get it and those after it.
        threshold: the farthest match, Euclidean.

    Returns:
        The k ids.
    """
    tried = [_pairs(new, old, threshold) for old in views if len(old)]
    matched = min(tried, key=lambda one: one[0])[1] if tried else {}
    ids = []
    for place in range(len(new)):
        if place in matched:
            ids.append(old_ids[matched[place]])
        else:
            ids.append(next_id)
            next_id += 1
    return tuple(ids)


def _pairs(
    new: Sequence[Sequence[float]], old: Sequence[Sequence[float]], threshold: float
) -> tuple[float, dict[int, int]]:
    """Return the least sum, and the places of the old centroids by those of the new."""
    distances = cdist(np.asarray(new, dtype=float), np.asarray(old, dtype=float))
    # A little above the threshold, so that a pair within it is preferred to none.
    costs = np.where(distances <= threshold, distances, threshold + 1e-9)
    rows, columns = linear_sum_assignment(costs)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    matched = {row: column for row, column in pairs if distances[row, column] <= threshold}
    return float(costs[rows, columns].sum()), matched

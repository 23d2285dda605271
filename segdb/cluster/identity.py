"""Identity: which new centroid is which old one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist


def match(
    new: Sequence[Sequence[float]],
    old: Sequence[Sequence[float]],
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
        old: (m, d) centroids, in the same units.
        old_ids: of the m.
        next_id: the first id that was never given; new centroids get it and those after it.
        threshold: the farthest match, Euclidean.

    Returns:
        The k ids.
    """
    found: dict[int, int] = {}
    if len(old):
        distances = cdist(np.asarray(new, dtype=float), np.asarray(old, dtype=float))
        # A little above the threshold, so that a pair within it is preferred to none.
        none = threshold + 1e-9
        rows, columns = linear_sum_assignment(np.where(distances <= threshold, distances, none))
        found = {
            int(row): int(column)
            for row, column in zip(rows, columns, strict=True)
            if distances[row, column] <= threshold
        }
    ids = []
    for place in range(len(new)):
        if place in found:
            ids.append(old_ids[found[place]])
        else:
            ids.append(next_id)
            next_id += 1
    return tuple(ids)

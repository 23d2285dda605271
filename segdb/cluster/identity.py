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

    Pairs farther apart than the threshold are no pairs; of the others as many as can be are
    matched, and among those ways the one with the least sum of distances (the Hungarian method,
    Kuhn 1955).

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
        # Dear enough that one match more is worth any distance within the threshold.
        dear = 1.0 + threshold * (1 + min(distances.shape))
        rows, columns = linear_sum_assignment(np.where(distances <= threshold, distances, dear))
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

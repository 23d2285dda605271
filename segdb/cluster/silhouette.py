"""Silhouette (Rousseeuw 1987), of several segmentations of the same rows at once.

Nearly all of its cost is the distances of all pairs. Each block of them is computed once and
serves every segmentation; no more than a block a thread is held in memory.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segdb.cluster.libraries import cdist
from segdb.cluster.matrix import Floats, Matrix, Places
from segdb.cluster.threads import in_threads

# Exact up to so many rows. Above, of a sample, whose mean has a standard error of 0.003 or so.
EXACT_ROWS = 10_000
SAMPLE_ROWS = 5_000
_BLOCK = 256


def silhouettes(matrix: Matrix, labellings: Sequence[Places]) -> list[Floats | None]:
    """Return of each labelling the (n,) silhouettes of the rows.

    With a the mean distance to the others of the own cluster, and b the least mean distance to
    another cluster, it is (b - a) / max(a, b), and 0 for a row alone in its cluster. Means are by
    weight, the row itself left out once: a weight of 2 is not a second customer in the same place.

    Args:
        matrix: the rows.
        labellings: of each segmentation the (n,) cluster of each row.

    Returns:
        None for a labelling of fewer than two clusters, or of as many as there are rows.
    """
    rows = len(matrix.values)
    defined = [2 <= len(np.unique(labels)) < rows for labels in labellings]
    asked = [labels for labels, known in zip(labellings, defined, strict=True) if known]
    by_block = iter(_by_blocks(matrix, asked) if asked else [])
    return [next(by_block) if known else None for known in defined]


def mean_silhouettes(matrix: Matrix, labellings: Sequence[Places]) -> list[float | None]:
    """Return of each labelling the mean silhouette of its rows, by weight."""
    return [
        None if values is None else float(np.average(values, weights=matrix.weights))
        for values in silhouettes(matrix, labellings)
    ]


def _by_blocks(matrix: Matrix, labellings: Sequence[Places]) -> list[Floats]:
    rows = len(matrix.values)
    numbered = [np.unique(labels, return_inverse=True) for labels in labellings]
    ends = np.cumsum([0, *(len(kinds) for kinds, _ in numbered)])
    # (n, all clusters of all labellings): the weight of each row where it belongs.
    members = np.zeros((rows, ends[-1]))
    for begin, (_, own) in zip(ends[:-1], numbered, strict=True):
        members[np.arange(rows), begin + own] = matrix.weights
    totals = members.sum(axis=0)

    def block(begin: int) -> list[Floats]:
        part = slice(begin, min(begin + _BLOCK, rows))
        sums = cdist(matrix.values[part], matrix.values) @ members
        return [
            _silhouette(sums[:, low:high], totals[low:high], own[part], matrix.weights[part])
            for low, high, (_, own) in zip(ends[:-1], ends[1:], numbered, strict=True)
        ]

    blocks = in_threads(block, range(0, rows, _BLOCK), fits=False)
    return [np.concatenate(parts) for parts in zip(*blocks, strict=True)]


def _silhouette(sums: Floats, totals: Floats, own: Places, weights: Floats) -> Floats:
    """Return the silhouettes of a block: (b, k) sums of weighted distances to the clusters."""
    here = np.arange(len(own)), own
    others = totals[own] - weights
    # What weights leave over of a row alone is rounding.
    alone = others <= 1e-9 * totals[own]
    within = sums[here] / np.where(alone, 1.0, others)
    between = sums / totals
    between[here] = np.inf
    apart = between.min(axis=1)
    largest = np.maximum(within, apart)
    undefined = alone | (largest == 0.0)
    return np.where(undefined, 0.0, (apart - within) / np.where(undefined, 1.0, largest))

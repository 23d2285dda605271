"""Per cluster: how good each of them is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segdb.cluster.kmeans import Fit
from segdb.cluster.matrix import Floats, Matrix, Places
from segdb.cluster.stability import Mean, Resample


def segment_silhouettes(
    values: Floats | None, labels: Places, weights: Floats, k: int
) -> tuple[float | None, ...]:
    """Return the mean silhouette of each cluster, by weight.

    Args:
        values: (n,) silhouettes of the rows; None where they are not defined.
        labels: (n,) the cluster of each row.
        weights: (n,).
        k: how many clusters there are.

    Returns:
        None for a cluster that has no row.
    """
    if values is None:
        return (None,) * k
    sizes = np.bincount(labels, weights, minlength=k)
    sums = np.bincount(labels, weights * values, minlength=k)
    return tuple(float(s / n) if n else None for s, n in zip(sums, sizes, strict=True))


def segment_stabilities(matrix: Matrix, fit: Fit, draws: Sequence[Resample]) -> tuple[Mean, ...]:
    """Return of each cluster the mean Jaccard similarity to its like in resamples (Hennig 2007).

    Its like is the cluster of the resample's fit with the largest similarity, over the rows that
    were drawn, by weight. A cluster's mean is over the resamples that have a row of it.
    """
    values: list[list[float]] = [[] for _ in range(fit.k)]
    for one in draws:
        pairs = fit.labels[one.drawn] * fit.k + one.labels[one.drawn]
        table = np.bincount(pairs, matrix.weights[one.drawn], minlength=fit.k**2)
        both = table.reshape(fit.k, fit.k)
        own = both.sum(axis=1, keepdims=True)
        either = own + both.sum(axis=0) - both
        for place in np.flatnonzero(own[:, 0] > 0.0):
            values[place].append(float((both[place] / either[place]).max()))
    return tuple(Mean.of(each) for each in values)

"""Segments: how good each of them is."""

from __future__ import annotations

import numpy as np

from segdb.cluster.choice import RESAMPLES
from segdb.cluster.kmeans import Fit, nearest
from segdb.cluster.matrix import Matrix, Places
from segdb.cluster.silhouette import silhouettes
from segdb.cluster.stability import resamples


def segment_silhouettes(matrix: Matrix, sample: Matrix | None, fit: Fit) -> list[float | None]:
    """Return the mean silhouette of each cluster; None for one that has no row in the sample."""
    judged = matrix if sample is None else sample
    labels = _labels(judged, matrix, fit)
    found = silhouettes(judged, [labels])[0]
    if found is None:
        return [None] * fit.k
    return [
        float(np.average(found[labels == place], weights=judged.weights[labels == place]))
        if (labels == place).any()
        else None
        for place in range(fit.k)
    ]


def segment_stabilities(matrix: Matrix, fit: Fit, *, seed: int) -> list[float | None]:
    """Return of each cluster the mean Jaccard similarity to its like in resamples (Hennig 2007).

    Its like is the cluster of the resample's fit with the largest similarity, over the rows that
    were drawn, by weight. None for a cluster of which no row was ever drawn.
    """
    sums, times = np.zeros(fit.k), np.zeros(fit.k)
    for one in resamples(matrix, fit.k, seed, RESAMPLES):
        pairs = fit.labels[one.drawn] * fit.k + one.labels[one.drawn]
        table = np.bincount(pairs, matrix.weights[one.drawn], minlength=fit.k**2)
        both = table.reshape(fit.k, fit.k)
        own = both.sum(axis=1, keepdims=True)
        present = own[:, 0] > 0.0
        either = own + both.sum(axis=0) - both
        sums[present] += (both[present] / either[present]).max(axis=1)
        times += present
    return [float(s / t) if t else None for s, t in zip(sums, times, strict=True)]


def _labels(judged: Matrix, matrix: Matrix, fit: Fit) -> Places:
    return fit.labels if judged is matrix else nearest(judged.values, fit.centroids)

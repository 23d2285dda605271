"""Segments: how good each of them is."""

from __future__ import annotations

import numpy as np

from segdb.cluster.choice import RESAMPLES
from segdb.cluster.kmeans import Fit, nearest
from segdb.cluster.matrix import Matrix, Places
from segdb.cluster.silhouette import silhouettes
from segdb.cluster.stability import Resample, resamples


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
    were drawn, by weight. None without resamples.
    """
    found = resamples(matrix, fit.k, seed, RESAMPLES)
    if not found:
        return [None] * fit.k
    each = np.array([_best_jaccards(matrix, fit, one) for one in found])
    with np.errstate(invalid="ignore"):
        means = np.nanmean(each, axis=0)
    return [None if np.isnan(mean) else float(mean) for mean in means]


def _labels(judged: Matrix, matrix: Matrix, fit: Fit) -> Places:
    return fit.labels if judged is matrix else nearest(judged.values, fit.centroids)


def _best_jaccards(matrix: Matrix, fit: Fit, one: Resample) -> list[float]:
    own, other = fit.labels[one.drawn], one.labels[one.drawn]
    weights = matrix.weights[one.drawn]
    table = np.zeros((fit.k, fit.k))
    np.add.at(table, (own, other), weights)
    union = table.sum(axis=1)[:, None] + table.sum(axis=0)[None] - table
    with np.errstate(invalid="ignore", divide="ignore"):
        jaccards = np.where(union > 0, table / union, 0.0).max(axis=1)
    return np.where(table.sum(axis=1) > 0, jaccards, np.nan).tolist()  # type: ignore[no-any-return]

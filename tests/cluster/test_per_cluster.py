"""How good each segment is, against scikit-learn and a plain version."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from segdb.cluster.k_scan import DRAWS
from segdb.cluster.kmeans_range import fit
from segdb.cluster.matrix import Matrix
from segdb.cluster.nearest import nearest
from segdb.cluster.per_cluster import segment_silhouettes, segment_stabilities
from segdb.cluster.silhouette import silhouettes
from segdb.cluster.stability import Mean, Resample, resamples

DRAW = np.random.default_rng(7)
# Two clusters far off, and one cloud that three of the five segments share.
CENTERS = np.array([[0.0, 0.0], [20.0, 0.0], [0.0, 20.0]])
MATRIX = Matrix.of(CENTERS[DRAW.choice(3, 400, p=[0.6, 0.2, 0.2])] + DRAW.normal(size=(400, 2)))
FIT = fit(MATRIX, 5, seed=1, n_init=5)


def test_silhouettes_are_scikit_learns() -> None:
    each = silhouette_samples(MATRIX.values, FIT.labels)
    expected = [each[FIT.labels == place].mean() for place in range(5)]
    values = silhouettes(MATRIX, [FIT.labels])[0]
    found = segment_silhouettes(values, FIT.labels, MATRIX.weights, 5)
    assert found == pytest.approx(expected, abs=1e-9)
    assert segment_silhouettes(None, FIT.labels, MATRIX.weights, 5) == (None,) * 5


def test_silhouettes_on_a_sample_that_misses_a_segment() -> None:
    sample = Matrix.of(MATRIX.values[FIT.labels != 2][:150])
    labels = nearest(sample.values, FIT.centroids)
    each = silhouette_samples(sample.values, labels)
    found = segment_silhouettes(each, labels, sample.weights, 5)
    assert found[2] is None
    assert found[0] == pytest.approx(each[labels == 0].mean(), abs=1e-9)


def test_stabilities_are_mean_best_jaccards() -> None:
    drawn = resamples(MATRIX, [5], 3, DRAWS.resamples)[5]
    found = segment_stabilities(MATRIX, FIT, drawn)
    expected = []
    for place in range(5):
        best = []
        for one in drawn:
            own = set(one.drawn[FIT.labels[one.drawn] == place].tolist())
            others = [set(one.drawn[one.labels[one.drawn] == k].tolist()) for k in range(5)]
            best.append(max(len(own & other) / len(own | other) for other in others))
        expected.append((np.mean(best), np.std(best, ddof=1) / np.sqrt(len(best))))
    assert [mean.value for mean in found] == pytest.approx([v for v, _ in expected], abs=1e-12)
    assert [mean.error for mean in found] == pytest.approx([e for _, e in expected], abs=1e-12)


def test_what_is_apart_is_more_stable_than_what_is_cut() -> None:
    drawn = resamples(MATRIX, [5], 3, DRAWS.resamples)[5]
    found = [mean.value or 0.0 for mean in segment_stabilities(MATRIX, FIT, drawn)]
    apart = np.hypot(*FIT.centroids.T) > 10
    assert apart.sum() == 2
    assert min(np.array(found)[apart]) > max(np.array(found)[~apart])


def test_a_single_customer_may_never_be_drawn() -> None:
    never = Resample(np.arange(50), np.zeros(400, dtype=np.intp))
    labels = np.zeros(400, dtype=np.intp)
    labels[399] = 1
    found = segment_stabilities(MATRIX, replace(FIT, k=2, labels=labels), [never])
    assert found == (Mean(1.0, None), Mean(None, None))

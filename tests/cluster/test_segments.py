"""How good each segment is, against scikit-learn and a plain version."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from segdb.cluster.choice import RESAMPLES
from segdb.cluster.kmeans import fit, nearest
from segdb.cluster.matrix import Matrix
from segdb.cluster.segments import segment_silhouettes, segment_stabilities
from segdb.cluster.stability import resamples

DRAW = np.random.default_rng(7)
# Two clusters far off, and one cloud that three of the five segments share.
CENTERS = np.array([[0.0, 0.0], [20.0, 0.0], [0.0, 20.0]])
MATRIX = Matrix.of(CENTERS[DRAW.choice(3, 400, p=[0.6, 0.2, 0.2])] + DRAW.normal(size=(400, 2)))
FIT = fit(MATRIX, 5, seed=1, n_init=5)


def test_silhouettes_are_scikit_learns() -> None:
    each = silhouette_samples(MATRIX.values, FIT.labels)
    expected = [each[FIT.labels == place].mean() for place in range(5)]
    assert segment_silhouettes(MATRIX, None, FIT) == pytest.approx(expected, abs=1e-9)


def test_silhouettes_on_a_sample_that_misses_a_segment() -> None:
    sample = Matrix.of(MATRIX.values[FIT.labels != 2][:150])
    labels = nearest(sample.values, FIT.centroids)
    each = silhouette_samples(sample.values, labels)
    found = segment_silhouettes(MATRIX, sample, FIT)
    assert found[2] is None
    assert found[0] == pytest.approx(each[labels == 0].mean(), abs=1e-9)


def test_stabilities_are_mean_best_jaccards() -> None:
    found = segment_stabilities(MATRIX, FIT, seed=3)
    expected = []
    for place in range(5):
        best = []
        for one in resamples(MATRIX, 5, 3, RESAMPLES):
            own = set(one.drawn[FIT.labels[one.drawn] == place].tolist())
            others = [set(one.drawn[one.labels[one.drawn] == k].tolist()) for k in range(5)]
            best.append(max(len(own & other) / len(own | other) for other in others))
        expected.append(np.mean(best))
    assert found == pytest.approx(expected, abs=1e-12)


def test_what_is_apart_is_more_stable_than_what_is_cut() -> None:
    found = [value or 0.0 for value in segment_stabilities(MATRIX, FIT, seed=3)]
    apart = np.hypot(*FIT.centroids.T) > 10
    assert apart.sum() == 2
    assert min(np.array(found)[apart]) > max(np.array(found)[~apart])


def test_a_single_customer_may_never_be_drawn() -> None:
    values = np.random.default_rng(1).normal(size=(20_000, 1))
    values[0] = 1_000.0
    found = fit(Matrix.of(values), 2, seed=1, n_init=1)
    # In about one of twelve seeds no resample of 5,000 rows has it.
    seeds = range(20, 40)
    alone = int(found.labels[0])
    assert None in [segment_stabilities(Matrix.of(values), found, seed=s)[alone] for s in seeds]

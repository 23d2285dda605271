"""Stability against scikit-learn's adjusted Rand index and a plain bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from segdb.cluster.kmeans_range import fit
from segdb.cluster.matrix import Matrix
from segdb.cluster.stability import Mean, adjusted_rand, mean_agreement, resamples

DRAW = np.random.default_rng(2)
CENTERS = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 5.0]])
MATRIX = Matrix.of(CENTERS[DRAW.integers(0, 3, 300)] + DRAW.normal(size=(300, 2)))


@pytest.mark.parametrize(("a", "b"), [(2, 2), (3, 7), (1, 4), (1, 1)])
def test_adjusted_rand_is_scikit_learns(a: int, b: int) -> None:
    one, other = DRAW.integers(0, a, 400), DRAW.integers(0, b, 400)
    other[:200] = one[:200] % b
    expected = adjusted_rand_score(one, other)
    assert adjusted_rand(one, other) == pytest.approx(expected, abs=1e-12)


def test_adjusted_rand_by_weight_is_that_of_repeated_rows() -> None:
    one, other = DRAW.integers(0, 3, 200), DRAW.integers(0, 4, 200)
    weights = DRAW.integers(1, 6, 200)
    expected = adjusted_rand_score(one.repeat(weights), other.repeat(weights))
    assert adjusted_rand(one, other, weights.astype(float)) == pytest.approx(expected, abs=1e-12)


def test_equal_to_a_plain_bootstrap() -> None:
    labels = fit(MATRIX, 3, seed=1, n_init=5).labels
    agreements = []
    with threadpool_limits(1):
        for number in range(6):
            rows = np.random.default_rng([9, number]).integers(300, size=300)
            reference = KMeans(3, n_init=10, random_state=0, tol=0).fit(MATRIX.values[rows])
            predicted = reference.predict(MATRIX.values)
            agreements.append(adjusted_rand_score(labels, predicted))
    found = mean_agreement(MATRIX, labels, resamples(MATRIX, [3], seed=9, count=6)[3])
    assert found.value == pytest.approx(np.mean(agreements), abs=0.01)
    assert found.error == pytest.approx(np.std(agreements, ddof=1) / np.sqrt(6), abs=0.004)
    assert found.value is not None
    assert found.value > 0.9


def test_noise_is_not_stable() -> None:
    noise = Matrix.of(DRAW.normal(size=(300, 6)))
    labels = fit(noise, 5, seed=1, n_init=5).labels
    found = mean_agreement(noise, labels, resamples(noise, [4, 5], seed=1, count=6)[5])
    assert found.value is not None
    assert found.value < 0.6


def test_a_resample_is_drawn_by_the_seed_alone() -> None:
    with threadpool_limits(1):
        one = resamples(MATRIX, [3], seed=4, count=3)[3]
    with threadpool_limits(2):
        two = resamples(MATRIX, [3], seed=4, count=3)[3]
    for a, b in zip(one, two, strict=True):
        assert (a.drawn == b.drawn).all()
        assert (a.labels == b.labels).all()
        # Of as many draws with replacement about 63 % of the rows are drawn.
        assert 0.55 < len(a.drawn) / 300 < 0.72


def test_too_few_rows_for_a_resample() -> None:
    few = Matrix.of(np.arange(4.0)[:, None])
    found = resamples(few, [2, 4], seed=1, count=3)
    assert (len(found[2]), found[4]) == (3, [])
    assert mean_agreement(few, np.arange(4), []) == Mean(None, None)


def test_the_error_of_a_mean_takes_two_values() -> None:
    assert Mean.of([0.5]) == Mean(0.5, None)
    # 0.2 apart: sd = 0.2 / sqrt(2), and over the root of two again.
    assert Mean.of([0.4, 0.6]).error == pytest.approx(0.1)

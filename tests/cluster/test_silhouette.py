"""Silhouettes against scikit-learn's, and by weight against the formula."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples, silhouette_score
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from segdb.cluster.matrix import Floats, Matrix, Places
from segdb.cluster.silhouette import mean_silhouettes, silhouettes

DRAW = np.random.default_rng(8)
# More rows than two blocks, and not a whole number of them.
VALUES = DRAW.normal(size=(700, 3)).round(1)
LABELLINGS = [DRAW.integers(0, k, 700) for k in (2, 3, 7)]


def test_equal_to_scikit_learns() -> None:
    means = mean_silhouettes(Matrix.of(VALUES), LABELLINGS)
    for labels, mean in zip(LABELLINGS, means, strict=True):
        assert mean == pytest.approx(silhouette_score(VALUES, labels), abs=1e-9)


def test_each_row_with_one_alone_in_its_cluster() -> None:
    labels = np.where(np.arange(700) == 5, 9, LABELLINGS[1])
    (found,) = silhouettes(Matrix.of(VALUES), [labels])
    assert found is not None
    np.testing.assert_allclose(found, silhouette_samples(VALUES, labels), atol=1e-7)
    assert found[5] == 0.0


def plain(values: Floats, labels: Places, weights: Floats) -> Floats:
    found = []
    for i in range(len(values)):
        distances = np.sqrt(((values - values[i]) ** 2).sum(axis=1))
        means = {}
        for kind in set(labels.tolist()):
            inside = (labels == kind) & (np.arange(len(values)) != i)
            if inside.any():
                means[kind] = float(np.average(distances[inside], weights=weights[inside]))
        if labels[i] not in means:
            found.append(0.0)
            continue
        within = means.pop(labels[i])
        apart = min(means.values())
        found.append((apart - within) / max(within, apart))
    return np.array(found)


def test_by_weight() -> None:
    values, labels = VALUES[:80], np.where(np.arange(80) == 3, 2, LABELLINGS[0][:80])
    weights = DRAW.uniform(0.5, 4.0, 80)
    matrix = Matrix.of(values, weights)
    (found,) = silhouettes(matrix, [labels])
    assert found is not None
    np.testing.assert_allclose(found, plain(values, labels, weights), atol=1e-12)
    assert mean_silhouettes(matrix, [labels])[0] == pytest.approx(
        float(np.average(found, weights=weights))
    )


def test_undefined_for_one_cluster_and_for_one_a_row() -> None:
    assert silhouettes(Matrix.of(VALUES[:5]), [np.zeros(5, dtype=int), np.arange(5)]) == [None] * 2


def test_twins_in_two_clusters() -> None:
    (found,) = silhouettes(Matrix.of(np.ones((4, 2))), [np.array([0, 0, 1, 1])])
    assert found is not None
    assert found.tolist() == [0.0] * 4


def test_the_number_of_threads_changes_no_bit() -> None:
    with threadpool_limits(1):
        one = mean_silhouettes(Matrix.of(VALUES), LABELLINGS)
    with threadpool_limits(2):
        assert mean_silhouettes(Matrix.of(VALUES), LABELLINGS) == one

"""Davies-Bouldin and Calinski-Harabasz against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

from segdb.cluster.matrix import Matrix
from segdb.cluster.separation import Moments, calinski_harabasz, davies_bouldin, moments

DRAW = np.random.default_rng(4)
VALUES = DRAW.gamma(2.0, size=(500, 4))


@pytest.mark.parametrize("k", [2, 3, 8])
def test_equal_to_scikit_learns(k: int) -> None:
    # A label that no row has is no segment.
    labels = DRAW.integers(0, k, 500) * 2
    of = moments(Matrix.of(VALUES), labels)
    assert davies_bouldin(of) == pytest.approx(davies_bouldin_score(VALUES, labels), rel=1e-9)
    scikit_learns = calinski_harabasz_score(VALUES, labels)
    assert calinski_harabasz(of) == pytest.approx(scikit_learns, rel=1e-9)


def test_a_weight_of_three_is_three_customers() -> None:
    labels, weights = DRAW.integers(0, 3, 500), DRAW.integers(1, 5, 500)
    of = moments(Matrix.of(VALUES, weights.astype(float)), labels)
    rows, repeated = VALUES.repeat(weights, axis=0), labels.repeat(weights)
    assert davies_bouldin(of) == pytest.approx(davies_bouldin_score(rows, repeated), rel=1e-9)
    scikit_learns = calinski_harabasz_score(rows, repeated)
    assert calinski_harabasz(of) == pytest.approx(scikit_learns, rel=1e-9)


def test_from_what_sql_supplies() -> None:
    # 0 and 2 in one segment, 10 and 14 in the other: by hand.
    of = Moments(
        sizes=np.array([2.0, 2.0]),
        centroids=np.array([[1.0], [12.0]]),
        distances=np.array([2.0, 4.0]),
        squares=np.array([2.0, 8.0]),
        scatter=131.0,
    )
    assert davies_bouldin(of) == pytest.approx(3.0 / 11.0)
    # Of the scatter around 6.5, 131, 10 lie within, by 4 - 2.
    assert calinski_harabasz(of) == pytest.approx(121.0 / 5.0)


def test_undefined() -> None:
    one = moments(Matrix.of(VALUES), np.zeros(500, dtype=int))
    assert (davies_bouldin(one), calinski_harabasz(one)) == (None, None)
    each = moments(Matrix.of(VALUES[:3]), np.arange(3))
    assert calinski_harabasz(each) is None
    # Of single customers SQL may leave a last bit of a distance.
    alone = Moments(np.ones(2), np.array([[0.0], [1.0]]), np.zeros(2), np.array([0.0, 1e-32]), 0.5)
    assert calinski_harabasz(alone) is None
    twins = moments(Matrix.of(np.ones((4, 1))), np.array([0, 0, 1, 1]))
    assert (davies_bouldin(twins), calinski_harabasz(twins)) == (None, None)

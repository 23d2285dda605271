"""Lloyd's steps and k-means++ against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from segdb.cluster.lloyd import inertia_around, lloyd
from segdb.cluster.matrix import Matrix

DRAW = np.random.default_rng(8)
VALUES = DRAW.standard_t(3, size=(1_500, 4))
WEIGHTS = DRAW.uniform(0.2, 5.0, 1_500)


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
@pytest.mark.parametrize("offset", [0.0, 1e5])
def test_it_ends_where_scikit_learn_ends(weights: np.ndarray | None, offset: float) -> None:
    values = VALUES + offset
    start = values[:5]
    with threadpool_limits(1):
        means = KMeans(5, init=start, n_init=1, max_iter=500, tol=0.0)
        theirs = means.fit(values, sample_weight=weights)
    ours = lloyd(Matrix.of(values, weights), start)
    np.testing.assert_allclose(ours.centroids - offset, theirs.cluster_centers_ - offset, atol=1e-8)
    assert ours.inertia == pytest.approx(theirs.inertia_, rel=1e-9)
    assert (values[:5] == start).all()


def test_a_tolerance_ends_it_sooner() -> None:
    matrix, start = Matrix.of(VALUES), VALUES[:6]
    fine, rough = lloyd(matrix, start), lloyd(matrix, start, 1e-2)
    by_fall = lloyd(matrix, start, least_fall=1e-2)
    for end in (rough, by_fall):
        assert 0 < end.steps < fine.steps
        assert fine.inertia < end.inertia < fine.inertia * 1.1
        assert end.inertia == inertia_around(matrix, end.centroids)
    assert lloyd(matrix, start, most_steps=3).steps == 3


def test_an_emptied_centroid_goes_to_the_farthest_row() -> None:
    start = np.vstack([VALUES[:3], np.full((1, 4), 999.0)])
    with threadpool_limits(1):
        theirs = KMeans(4, init=start, n_init=1, max_iter=1, tol=0.0).fit(VALUES)
    ours = lloyd(Matrix.of(VALUES), start, most_steps=1)
    np.testing.assert_allclose(ours.centroids, theirs.cluster_centers_, atol=1e-9)

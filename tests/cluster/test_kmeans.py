"""K-Means against scikit-learn's, and the same whatever the threads."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from segdb.cluster.kmeans import ROUGH, best_from
from segdb.cluster.kmeans_range import fit
from segdb.cluster.lloyd import lloyd
from segdb.cluster.matrix import Matrix
from segdb.cluster.nearest import nearest
from segdb.errors import DataError


def tails(rows: int, seed: int = 0) -> Matrix:
    return Matrix.of(np.random.default_rng(seed).standard_t(4, size=(rows, 4)))


@pytest.mark.parametrize("k", [1, 4])
def test_it_is_a_fixed_point_of_lloyds_steps(k: int) -> None:
    matrix = tails(2000)
    found = fit(matrix, k, seed=1, n_init=3)
    again = KMeans(k, init=found.centroids, n_init=1, max_iter=1).fit(matrix.values)
    np.testing.assert_allclose(again.cluster_centers_, found.centroids, atol=1e-12)
    assert (again.predict(matrix.values) == found.labels).all()
    assert (nearest(matrix.values, found.centroids) == found.labels).all()
    means = [matrix.values[found.labels == place].mean(axis=0) for place in range(k)]
    np.testing.assert_allclose(found.centroids, means, atol=1e-12)
    squares = ((matrix.values - found.centroids[found.labels]) ** 2).sum()
    assert found.inertia == pytest.approx(squares, rel=1e-12)


def test_a_weight_of_three_is_three_rows() -> None:
    matrix = tails(200)
    weights = np.random.default_rng(1).integers(1, 4, 200)
    start = matrix.values[:3]
    repeated = Matrix.of(matrix.values.repeat(weights, axis=0))
    # Of Lloyd's steps alone: a row of weight three moves as one, and three rows one by one.
    one = lloyd(Matrix.of(matrix.values, weights.astype(float)), start)
    other = lloyd(repeated, start)
    np.testing.assert_allclose(one.centroids, other.centroids, atol=1e-12)
    assert one.inertia == pytest.approx(other.inertia, rel=1e-12)


def test_the_number_of_threads_changes_no_bit() -> None:
    matrix = tails(4000)
    with threadpool_limits(1):
        one = fit(matrix, 6, seed=3, n_init=4)
    with threadpool_limits(2):
        two = fit(matrix, 6, seed=3, n_init=4)
    assert one.inertia == two.inertia
    assert (one.centroids == two.centroids).all()
    assert (one.labels == two.labels).all()


def test_as_many_kinds_as_clusters() -> None:
    found = fit(Matrix.of(np.eye(3).repeat(50, axis=0)), 3, seed=1, n_init=5)
    assert found.inertia == pytest.approx(0.0, abs=1e-20)
    assert sorted(np.bincount(found.labels)) == [50, 50, 50]


def test_too_few_or_too_alike() -> None:
    with pytest.raises(DataError, match="3 customers cannot make 4 segments"):
        fit(Matrix.of(np.eye(3)), 4, seed=1, n_init=1)
    with pytest.raises(DataError, match="The 40 customers are all alike by column 1"):
        fit(Matrix.of(np.ones((40, 1))), 2, seed=1, n_init=1)
    with pytest.raises(DataError, match=r"only 2 kinds .* set \[cluster\] k to 2"):
        fit(Matrix.of(np.eye(2).repeat(20, axis=0)), 3, seed=1, n_init=1)


@pytest.mark.parametrize("tolerance", [0.0, ROUGH])
def test_the_best_of_several_starts_is_the_best_of_their_fits(tolerance: float) -> None:
    matrix = tails(300)
    generator = np.random.default_rng(2)
    starts = [matrix.values[generator.choice(300, 5, replace=False)] for _ in range(8)]
    before = [start.copy() for start in starts]
    each = [lloyd(matrix, start, tolerance) for start in starts]
    assert len({fit.inertia for fit in each}) > 1
    best = min(each, key=lambda fit: fit.inertia)
    found = best_from(matrix, starts, tolerance)
    assert found.inertia == best.inertia
    assert (found.centroids == best.centroids).all()
    np.testing.assert_array_equal(starts, before)

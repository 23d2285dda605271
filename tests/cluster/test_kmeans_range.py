"""A range of k: as good as the best of 300 starts, for the price of fifteen."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from segdb.cluster.kmeans_range import fit, fit_range
from segdb.cluster.matrix import Matrix
from segdb.cluster.stability import adjusted_rand

KS = range(2, 8)


@pytest.mark.parametrize("kind", ["blobs", "tails", pytest.param("noise", marks=pytest.mark.slow)])
def test_inertias_against_thirty_starts_of_scikit_learn(kind: str) -> None:
    draw = np.random.default_rng(5)
    values = {
        "blobs": draw.normal(size=(6, 3))[draw.integers(0, 6, 1500)] * 3
        + draw.normal(size=(1500, 3)),
        "tails": draw.standard_t(3, size=(1500, 3)),
        "noise": draw.random((1500, 3)),
    }[kind]
    found = fit_range(Matrix.of(values), KS, seed=1, n_init=10)
    assert [one.k for one in found] == list(KS)
    # A plain fit on two threads is slower than on one wherever the machine is busy.
    with threadpool_limits(1):
        for one in found:
            reference = KMeans(one.k, n_init=100, random_state=0).fit(values).inertia_
            assert one.inertia <= reference * 1.0001


@pytest.mark.parametrize("k", [2, 5, 9])
def test_one_k_alone(k: int) -> None:
    matrix = Matrix.of(np.random.default_rng(0).standard_t(4, size=(1500, 4)))
    with threadpool_limits(1):
        reference = KMeans(k, n_init=10, random_state=7).fit(matrix.values).inertia_
    assert fit(matrix, k, seed=1, n_init=10).inertia <= reference * 1.0001


def test_a_planted_lattice_of_clusters_is_found_from_one_start() -> None:
    centers = np.arange(12.0)[:, None] * 100
    matrix = Matrix.of(centers.repeat(20, axis=0) + np.random.default_rng(1).normal(size=(240, 1)))
    assert fit(matrix, 12, seed=1, n_init=1).inertia < 300


def test_equal_rows_count_by_their_weight() -> None:
    draw = np.random.default_rng(3)
    kinds, times = draw.normal(size=(40, 3)), draw.integers(1, 30, 40)
    places = draw.permutation(np.repeat(np.arange(40), times))
    repeated = fit_range(Matrix.of(kinds[places]), KS, seed=1, n_init=10)
    weighted = fit_range(Matrix.of(kinds, times.astype(float)), KS, seed=1, n_init=10)
    for one, other in zip(repeated, weighted, strict=True):
        assert one.inertia == pytest.approx(other.inertia, rel=1e-12)
        assert adjusted_rand(one.labels, other.labels[places]) == pytest.approx(1.0)


def test_other_ends_are_fits_too_and_elsewhere() -> None:
    matrix = Matrix.of(np.random.default_rng(2).random((900, 4)))
    found = fit_range(matrix, KS, seed=4, n_init=5)[-1]
    assert found.other_ends
    for centroids in found.other_ends:
        squares = ((matrix.values[:, None] - centroids) ** 2).sum(axis=2).min(axis=1).sum()
        assert found.inertia < squares <= found.inertia * 1.011
        assert abs(np.sort(centroids, axis=0) - np.sort(found.centroids, axis=0)).max() > 0.01


def test_kinds_that_run_out() -> None:
    found = fit_range(Matrix.of(np.eye(4).repeat(10, axis=0)), range(2, 5), seed=1, n_init=2)
    assert found[-1].inertia == pytest.approx(0.0, abs=1e-20)


def test_of_few_customers_the_best_of_many_starts_is_found() -> None:
    """Of a shop of five kinds, for which k-means++ and Lloyd alone need hundreds of starts."""
    draw = np.random.default_rng(2000)
    kind = draw.choice(5, 2000, p=[0.1, 0.2, 0.3, 0.25, 0.15])
    recency = draw.gamma(2.0, np.array([5, 20, 60, 120, 200])[kind])
    orders = 1 + draw.poisson(np.array([30, 12, 5, 2, 0.5])[kind])
    spent = orders * draw.lognormal(np.array([4.0, 3.5, 3.2, 3.0, 2.8])[kind], 0.6)
    values = np.log1p(np.column_stack([recency, orders, spent]))
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    fits = fit_range(Matrix.of(values), range(2, 11), 3, 10)
    for k in (7, 10):
        best = KMeans(k, n_init=200, random_state=0).fit(values).inertia_
        assert fits[k - 2].inertia <= best * (1 + 1e-4)

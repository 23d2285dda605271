"""Other algorithms: each finds what is plain to see, and is judged by scikit-learn's figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics
from sklearn.mixture import GaussianMixture

from segdb.cluster.compare import (
    ALGORITHMS,
    ROWS,
    by_size,
    compare,
    compare_labelled,
    knee_distance,
)
from segdb.cluster.kmeans_range import fit
from segdb.cluster.matrix import Matrix, Places

DRAW = np.random.default_rng(5)
CENTERS = np.array([[0.0, 0.0], [12.0, 0.0], [0.0, 12.0]])


def blobs(rows: int) -> tuple[Matrix, Places]:
    own = DRAW.integers(0, 3, rows)
    return Matrix.of(CENTERS[own] + DRAW.normal(size=(rows, 2))), own


MATRIX, OWN = blobs(600)
FOUND = {one.algorithm: one for one in compare(MATRIX, OWN, seed=1).algorithms}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_plain_blobs_are_found(name: str) -> None:
    one = FOUND[name]
    # By density a few rows at the rim may pass for a cluster.
    assert one.clusters in ({3, 4} if name == "DBSCAN" else {3})
    assert one.adjusted_rand > 0.85
    assert one.noise_share < 0.1
    assert (one.rows, one.sampled) == (600, False)
    assert one.seconds > 0
    assert (one.bic is not None) == (name == "Gaussian mixture")


@pytest.mark.parametrize("name", ALGORITHMS)
def test_figures_are_scikit_learns_without_the_noise(name: str) -> None:
    labels = ALGORITHMS[name](MATRIX, 3, 1).labels
    inside = labels >= 0
    values, kept = MATRIX.values[inside], labels[inside]
    one = FOUND[name]
    assert one.noise_share == pytest.approx(1 - inside.mean())
    assert one.silhouette == pytest.approx(metrics.silhouette_score(values, kept), abs=1e-9)
    expected = metrics.davies_bouldin_score(values, kept)
    assert one.davies_bouldin == pytest.approx(expected, rel=1e-9)
    expected = metrics.calinski_harabasz_score(values, kept)
    assert one.calinski_harabasz == pytest.approx(expected, rel=1e-9)
    expected = metrics.adjusted_rand_score(labels, OWN)
    assert one.adjusted_rand == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_labels_are_the_algorithms_by_size(name: str) -> None:
    one, labels = FOUND[name], ALGORITHMS[name](MATRIX, 3, 1).labels
    numbers = np.array(one.labels)
    # The same groups, under other numbers.
    assert len(set(zip(labels.tolist(), one.labels, strict=True))) == len(set(labels.tolist()))
    assert ((numbers == 0) == (labels < 0)).all()
    assert one.sizes == tuple((numbers == place).sum() for place in range(1, one.clusters + 1))
    assert list(one.sizes) == sorted(one.sizes, reverse=True)
    assert one.noise == (numbers == 0).sum()
    assert sum(one.sizes) + one.noise == len(labels)


def test_inertia_is_that_of_the_labels_and_of_k_means() -> None:
    assert FOUND["K-Means"].inertia == pytest.approx(fit(MATRIX, 3, 1, 10).inertia, rel=1e-9)
    one = FOUND["HDBSCAN"]
    numbers, expected = np.array(one.labels), 0.0
    for place in range(1, one.clusters + 1):
        expected += np.var(MATRIX.values[numbers == place], axis=0).sum() * one.sizes[place - 1]
    assert one.inertia == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("labels", "numbers", "sizes"),
    [
        ([5, 5, 2, -1, 2, 5], [1, 1, 2, 0, 2, 1], (3, 2)),
        ([-1, -1], [0, 0], ()),
        ([1, 0, 0, 1], [2, 1, 1, 2], (2, 2)),
    ],
)
def test_clusters_are_numbered_by_size(
    labels: list[int], numbers: list[int], sizes: tuple[int, ...]
) -> None:
    found, counted = by_size(np.array(labels, dtype=np.intp))
    assert (found.tolist(), counted) == (numbers, sizes)


def test_the_information_criterion_is_the_mixtures() -> None:
    mixture = GaussianMixture(3, n_init=3, random_state=1).fit(MATRIX.values)
    assert FOUND["Gaussian mixture"].bic == pytest.approx(mixture.bic(MATRIX.values))


def test_many_rows_are_drawn_and_it_is_said() -> None:
    matrix, own = blobs(ROWS + 1_000)
    found = compare(matrix, own, seed=1).algorithms
    assert {(one.rows, one.sampled) for one in found} == {(ROWS, True)}
    again = compare(matrix, own, seed=1).algorithms
    assert [replace(one, seconds=0.0) for one in found] == [
        replace(one, seconds=0.0) for one in again
    ]


def test_labels_may_be_a_column() -> None:
    columns = np.column_stack([MATRIX.values, OWN + 1.0])
    matrix = Matrix(None, columns, MATRIX.weights, ("recency", "spend", "segment_id"))
    found = compare_labelled(matrix, "segment_id", seed=1).algorithms
    assert [one.adjusted_rand for one in found] == [one.adjusted_rand for one in FOUND.values()]


def test_where_density_finds_one_cluster_its_figures_are_undefined() -> None:
    cloud = Matrix.of(DRAW.normal(size=(400, 4)))
    found = {
        one.algorithm: one for one in compare(cloud, DRAW.integers(0, 2, 400), seed=1).algorithms
    }
    assert found["DBSCAN"].clusters == 1
    assert found["DBSCAN"].silhouette is None
    assert found["DBSCAN"].davies_bouldin is None


def test_twins_are_dense_at_any_radius() -> None:
    twins = Matrix.of(np.eye(3).repeat(50, axis=0))
    found = {
        one.algorithm: one for one in compare(twins, np.arange(3).repeat(50), seed=1).algorithms
    }
    assert all(one.clusters == 3 for one in found.values())


def test_the_radius_is_at_the_knee_of_the_distances() -> None:
    # 90 rows one apart, and ten far from all: the second nearest of most is at 1.
    values = np.concatenate([np.arange(90.0), 1000.0 * np.arange(1, 11)])[:, None]
    assert knee_distance(values, 2) == 1.0

"""Single moves against a plain loop over every row and cluster."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from segdb.cluster.kmeans import settle
from segdb.cluster.kmeans_range import fit
from segdb.cluster.matrix import Floats, Matrix, Places
from segdb.cluster.nearest import nearest
from segdb.cluster.single_moves import single_moves


def inertia(matrix: Matrix, labels: Places) -> float:
    """Sum of squared distances to the means, by weight, cluster by cluster."""
    total = 0.0
    for place in np.unique(labels):
        rows, weights = matrix.values[labels == place], matrix.weights[labels == place]
        mean = np.average(rows, axis=0, weights=weights)
        total += float(((rows - mean) ** 2).sum(axis=1) @ weights)
    return total


def best_after_one_move(matrix: Matrix, labels: Places, k: int) -> float:
    """The least inertia after one row has moved, each move tried and computed anew."""
    return min(
        inertia(matrix, np.where(np.arange(len(labels)) == row, other, labels))
        for row in range(len(labels))
        for other in range(k)
        if other != labels[row] and (labels == labels[row]).sum() > 1
    )


def awkward() -> dict[str, Matrix]:
    draw = np.random.default_rng(4)
    tails = draw.standard_t(2, size=(70, 2))
    lattice = np.stack(np.meshgrid(np.arange(8.0), np.arange(8.0)), axis=-1).reshape(-1, 2)
    return {
        "tails": Matrix.of(tails),
        "weighted": Matrix.of(tails, draw.uniform(0.5, 9.0, 70)),
        "lattice": Matrix.of(lattice),
        "duplicates": Matrix.of(lattice[draw.integers(0, 20, 80)]),
        "collinear": Matrix.of(draw.normal(size=(60, 1)) * [[1.0, -2.0, 0.5]]),
        "an outlier": Matrix.of(np.vstack([draw.normal(size=(60, 2)), [[90.0, 90.0]]])),
        "far from zero": Matrix.of(1e6 + tails),
    }


@pytest.mark.parametrize("kind", awkward())
@pytest.mark.parametrize("k", [2, 5])
def test_no_move_of_one_row_lowers_the_inertia(kind: str, k: int) -> None:
    matrix = awkward()[kind]
    found = fit(matrix, k, seed=1, n_init=1)
    least = inertia(matrix, found.labels)
    assert found.inertia == pytest.approx(least, rel=1e-9)
    assert best_after_one_move(matrix, found.labels, k) >= least * (1 - 1e-9)
    # What is published is labelled by the nearest centroid.
    assert (nearest(matrix.values, found.centroids) == found.labels).all()


def test_lloyd_alone_ends_higher() -> None:
    matrix = Matrix.of(np.random.default_rng(2).standard_t(2, size=(300, 6)))
    lower = 0
    for seed in range(8):
        start = matrix.values[np.random.default_rng(seed).choice(300, 5, replace=False)]
        with threadpool_limits(1):
            lloyd = KMeans(5, init=start, n_init=1, tol=0).fit(matrix.values).inertia_
        ours = settle(matrix, start).inertia
        assert ours <= lloyd * (1 + 1e-12)
        lower += ours < lloyd * (1 - 1e-6)
    assert lower >= 4


def test_a_pass_lowers_the_inertia_and_leaves_its_input() -> None:
    matrix = Matrix.of(np.random.default_rng(6).normal(size=(200, 3)))
    labels = np.random.default_rng(7).integers(0, 4, 200)
    before, was = labels.copy(), inertia(matrix, labels)
    centroids, moved = single_moves(matrix, 4, labels)
    assert (labels == before).all()
    assert moved > 20
    squares = ((matrix.values[:, None] - centroids) ** 2).sum(axis=2).min(axis=1)
    assert float(squares.sum()) < was


def test_an_empty_cluster_is_filled() -> None:
    values: Floats = np.array([[0.0], [1.0], [10.0], [11.0]])
    centroids, moved = single_moves(Matrix.of(values), 3, np.array([0, 0, 1, 1]))
    assert moved >= 1
    assert sorted(centroids[:, 0].tolist()) in ([0.0, 1.0, 10.5], [0.5, 10.0, 11.0])


def test_a_row_whose_move_no_longer_pays_stays() -> None:
    values: Floats = np.array([[8.0], [6.0], [6.0], [9.0], [7.0], [7.0]])
    # Each of three rows would lower the inertia by its move; after two moves the third would not.
    centroids, moved = single_moves(Matrix.of(values), 2, np.array([1, 1, 0, 1, 0, 1]))
    assert moved == 2
    assert centroids[:, 0].tolist() == pytest.approx([6.5, 8.5])

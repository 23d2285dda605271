"""The chain against many starts of scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from segdb.cluster.matrix import Matrix
from segdb.cluster.warm_start import chain

KS = range(2, 8)


@pytest.mark.parametrize("starts", [0, 1])
def test_inertias_are_near_those_of_many_starts(starts: int) -> None:
    draw = np.random.default_rng(3)
    matrix = Matrix.of(draw.uniform(size=(800, 4)), draw.uniform(0.5, 2.0, 800))
    with threadpool_limits(1):
        found = chain(matrix, KS, list(KS), starts)
        best = [
            KMeans(k, n_init=20, random_state=0).fit(matrix.values, None, matrix.weights).inertia_
            for k in KS
        ]
    excess = [np.log(found[k].inertia / one) for k, one in zip(KS, best, strict=True)]
    assert np.mean(excess) < 0.02
    assert max(excess) < 0.06


def test_each_k_is_a_fit_of_its_rows() -> None:
    matrix = Matrix.of(np.random.default_rng(1).normal(size=(300, 2)))
    for k, one in chain(matrix, KS, [7] * len(KS), 0).items():
        squares = ((matrix.values[:, None] - one.centroids[None]) ** 2).sum(axis=2)
        assert one.centroids.shape == (k, 2)
        assert one.inertia == pytest.approx(squares.min(axis=1).sum(), rel=1e-9)

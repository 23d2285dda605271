"""A range of k: no worse than three times the starts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from segdb.cluster.fits import fit_range
from segdb.cluster.kmeans import fit_each
from segdb.cluster.matrix import Matrix

KS = range(2, 8)


@pytest.mark.parametrize("kind", ["blobs", "tails", "noise"])
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
            reference = KMeans(one.k, n_init=30, random_state=0).fit(values).inertia_
            assert one.inertia <= reference * 1.001


def test_neighbours_only_help() -> None:
    matrix = Matrix.of(np.random.default_rng(2).standard_t(3, size=(1200, 5)))
    alone = fit_each(matrix, list(KS), seed=4, n_init=1)
    together = fit_range(matrix, KS, seed=4, n_init=1)
    assert all(one.inertia <= alone[one.k].inertia for one in together)
    assert any(one.inertia < alone[one.k].inertia * 0.9999 for one in together)


def test_kinds_that_run_out() -> None:
    found = fit_range(Matrix.of(np.eye(4).repeat(10, axis=0)), range(2, 5), seed=1, n_init=2)
    assert found[-1].inertia == pytest.approx(0.0, abs=1e-20)

"""Nearest centroids in blocks, against all distances at once."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from segdb.cluster import nearest as module
from segdb.cluster.nearest import blocks, nearest, two_nearest

DRAW = np.random.default_rng(4)
VALUES = DRAW.normal(size=(1_003, 5))
CENTROIDS = DRAW.normal(size=(7, 5))


@pytest.mark.parametrize("size", [1, 100, 1_003, 4_000])
@pytest.mark.parametrize("less_own", [False, True])
def test_blocks_are_the_whole(
    size: int, *, less_own: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BLOCK", size)
    squares = cdist(VALUES, CENTROIDS, "sqeuclidean")
    own = (VALUES**2).sum(axis=1) if less_own else np.zeros(len(VALUES))
    rows: list[int] = []
    for block in blocks(VALUES, CENTROIDS, less_own=less_own):
        part = slice(block.rows.start, block.rows.stop)
        rows += range(part.start, part.stop)
        expected = squares[part] - own[part, None]
        np.testing.assert_allclose(block.squares.T, expected, atol=1e-12)
        np.testing.assert_allclose(block.least, expected.min(axis=1), atol=1e-12)
        assert (block.nearest.argmax(axis=0) == squares[part].argmin(axis=1)).all()
        assert (block.nearest.sum(axis=0) == 1).all()
        assert block.squares.shape[1] <= size
    assert rows == list(range(len(VALUES)))


def test_of_equals_the_first() -> None:
    values = np.array([[0.0], [0.5], [1.0]])
    assert nearest(values, np.array([[0.0], [1.0], [1.0], [0.0]])).tolist() == [0, 0, 1]


def test_the_two_nearest() -> None:
    apart = np.sort(cdist(VALUES, CENTROIDS, "sqeuclidean"), axis=1)
    around = two_nearest(VALUES, CENTROIDS)
    np.testing.assert_allclose(around.first, apart[:, 0])
    np.testing.assert_allclose(around.second, apart[:, 1])
    assert (around.places == nearest(VALUES, CENTROIDS)).all()
    assert np.isinf(two_nearest(VALUES, CENTROIDS[:1]).second).all()

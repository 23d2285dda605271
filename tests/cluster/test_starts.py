"""New starts: of the right shape, and each kind where it belongs."""

from __future__ import annotations

import numpy as np
import pytest

from segdb.cluster.matrix import Floats, Matrix
from segdb.cluster.starts import one_more, starts_near


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def planted() -> tuple[Matrix, Floats]:
    centers = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])
    rows = centers.repeat(25, axis=0) + rng().normal(size=(100, 2))
    return Matrix.of(rows), centers


def test_one_more_goes_where_the_rows_are_far() -> None:
    matrix, centers = planted()
    after = one_more(matrix, centers[:3], rng())
    assert after.shape == (4, 2)
    assert (after[:3] == centers[:3]).all()
    assert np.hypot(*(after[3] - centers[3])) < 3


def test_one_more_where_every_row_has_its_centroid() -> None:
    values = np.eye(3)
    assert one_more(Matrix.of(values), values, rng()).shape == (4, 3)


def test_one_less_leaves_out_the_centroid_that_is_missed_least() -> None:
    matrix, centers = planted()
    spare = np.vstack([centers, [[10.5, 10.5]]])
    start = starts_near(matrix, {4: [centers], 5: [spare]}, 4, 3, rng())[2]
    assert sorted(start[:, 0].round().tolist())[:2] == [0.0, 0.0]
    assert len(start) == 4


def test_the_next_time_the_centroid_is_left_out_that_is_missed_next() -> None:
    matrix, centers = planted()
    spare = np.vstack([centers, [[10.5, 10.5]]])
    starts = starts_near(matrix, {4: [centers], 5: [spare]}, 4, 7, rng())
    left = [row for place in (2, 6) for row in spare.tolist() if row not in starts[place].tolist()]
    # One of the two in the same corner, and then the other.
    assert sorted(left) == spare[3:].tolist()


def test_a_centroid_in_the_wrong_place_is_moved() -> None:
    matrix, centers = planted()
    wrong = np.vstack([centers[:3], [[0.5, 0.5]]])
    starts = starts_near(matrix, {4: [wrong]}, 4, 8, rng())
    reached = [np.hypot(*(start - centers[3]).T).min() for start in starts]
    assert min(reached) < 3


def test_crossed_fits_take_each_centroid_from_one_of_them() -> None:
    matrix, centers = planted()
    other = centers[::-1] + 0.25
    start = starts_near(matrix, {4: [centers, other]}, 4, 4, rng())[3]
    both = np.vstack([centers, other]).tolist()
    assert all(row in both for row in start.tolist())
    # One of each pair: no corner twice.
    assert len({tuple(row) for row in start.round().tolist()}) == 4


@pytest.mark.parametrize("neighbours", [(), (3,), (5,), (3, 5)])
def test_every_start_has_k_centroids(neighbours: tuple[int, ...]) -> None:
    matrix, _ = planted()
    known = {k: [matrix.values[:k], matrix.values[-k:]] for k in (4, *neighbours)}
    starts = starts_near(matrix, known, 4, 9, rng())
    assert [start.shape for start in starts] == [(4, 2)] * 9

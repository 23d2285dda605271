"""Identity: ids as a person would give them."""

from __future__ import annotations

import pytest

from segdb.cluster.identity import match

OLD = [[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]]
IDS = [1, 2, 3]


def test_shuffled_centroids_keep_their_ids() -> None:
    new = [[0.1, 4.1], [0.1, -0.1], [3.9, 0.0]]
    assert match(new, OLD, IDS, 4, 1.0) == (3, 1, 2)


def test_a_new_segment_gets_the_next_free_id() -> None:
    assert match([*OLD, [9.0, 9.0]], OLD, IDS, 7, 1.0) == (1, 2, 3, 7)


def test_a_vanished_segment_is_not_given_to_a_stranger() -> None:
    assert match([[0.0, 0.0], [8.0, 8.0]], OLD, IDS, 4, 1.0) == (1, 4)


def test_of_a_split_the_nearer_half_keeps_the_id() -> None:
    new = [[0.0, 0.2], [0.0, -0.6], [4.0, 0.0], [0.0, 4.0]]
    assert match(new, OLD, IDS, 4, 1.0) == (1, 4, 2, 3)


def test_as_many_as_can_be_are_matched() -> None:
    # Taking the nearest pair first would leave the other new centroid without a match.
    assert match([[0.0], [1.0]], [[0.9], [1.9]], [1, 2], 3, 1.0) == (1, 2)


@pytest.mark.parametrize("distance", [0.99, 1.01])
def test_the_threshold(distance: float) -> None:
    assert match([[distance]], [[0.0]], [5], 6, 1.0) == ((5,) if distance < 1 else (6,))


def test_without_an_earlier_run() -> None:
    assert match([[1.0], [2.0]], [], [], 1, 1.0) == (1, 2)

"""Identity: ids as a person would give them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdb.cluster.match_centroids import match

OLD = [[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]]
IDS = [1, 2, 3]


def test_shuffled_centroids_keep_their_ids() -> None:
    new = [[0.1, 4.1], [0.1, -0.1], [3.9, 0.0]]
    assert match(new, [OLD], IDS, 4, 1.0) == (3, 1, 2)


def test_a_new_segment_gets_the_next_free_id() -> None:
    assert match([*OLD, [9.0, 9.0]], [OLD], IDS, 7, 1.0) == (1, 2, 3, 7)


def test_a_vanished_segment_is_not_given_to_a_stranger() -> None:
    assert match([[0.0, 0.0], [8.0, 8.0]], [OLD], IDS, 4, 1.0) == (1, 4)


def test_of_a_split_the_nearer_half_keeps_the_id() -> None:
    new = [[0.0, 0.2], [0.0, -0.6], [4.0, 0.0], [0.0, 4.0]]
    assert match(new, [OLD], IDS, 4, 1.0) == (1, 4, 2, 3)


def test_the_sum_of_distances_counts_and_not_the_nearest_pair() -> None:
    # Taking the nearest pair first would leave the other new centroid without a match.
    assert match([[0.5], [0.8]], [[[0.75], [1.6]]], [1, 2], 3, 1.0) == (1, 2)


def test_those_who_stayed_keep_their_ids_beside_a_vanished_and_a_new_one() -> None:
    # Every id could move on by one: a match more, and all of them wrong.
    old, new = [[0.0], [0.9], [1.8], [2.7]], [[0.9], [1.8], [2.7], [3.6]]
    assert match(new, [old], [1, 2, 3, 4], 5, 1.0) == (2, 3, 4, 5)


def test_of_a_merge_the_nearer_one_lives_on() -> None:
    assert match([[0.0, 0.3]], [[[0.0, 0.0], [0.0, 1.0]]], [1, 2], 3, 1.0) == (1,)
    assert match([[0.0, 0.6]], [[[0.0, 0.0], [0.0, 1.0]]], [1, 2], 3, 1.0) == (2,)


def test_a_threshold_of_nothing_takes_the_same_place_alone() -> None:
    assert match([[2.0], [1.0]], [[[0.0], [1.0]]], [4, 5], 6, 0.0) == (6, 5)


@given(
    points=st.lists(
        st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=1, max_size=8, unique=True
    ),
    order=st.randoms(use_true_random=False),
)
def test_the_same_centroids_in_any_order_keep_their_ids(
    points: list[tuple[int, int]], order: random.Random
) -> None:
    ids = list(range(3, 3 + len(points)))
    shuffled = list(zip(points, ids, strict=True))
    order.shuffle(shuffled)
    new = [[float(x), float(y)] for (x, y), _ in shuffled]
    old = [[float(x), float(y)] for x, y in points]
    assert match(new, [old], ids, 99, 0.4) == tuple(own for _, own in shuffled)


TENTHS = st.integers(-40, 40).map(lambda tenths: tenths / 10)


@settings(deadline=None)
@given(
    new=st.lists(TENTHS, min_size=1, max_size=4),
    old=st.lists(TENTHS, min_size=1, max_size=4),
    threshold=st.integers(0, 30).map(lambda tenths: tenths / 10 + 0.05),
)
def test_no_other_pairing_costs_less(new: list[float], old: list[float], threshold: float) -> None:
    found = match([[v] for v in new], [[[v] for v in old]], range(len(old)), 100, threshold)
    assert len(set(found)) == len(found)

    def cost(ids: Sequence[int]) -> float:
        pairs = [(v, old[i]) for v, i in zip(new, ids, strict=True) if i < len(old)]
        assert all(abs(a - b) <= threshold for a, b in pairs)
        none = min(len(new), len(old)) - len(pairs)
        return sum(abs(a - b) for a, b in pairs) + none * threshold

    choices = [*range(len(old)), *range(100, 100 + len(new))]
    every = (
        ids
        for ids in itertools.permutations(choices, len(new))
        if all(i >= 100 or abs(v - old[i]) <= threshold for v, i in zip(new, ids, strict=True))
    )
    assert cost(found) <= min(cost(ids) for ids in every) + 1e-6


@pytest.mark.parametrize("distance", [0.99, 1.01])
def test_the_threshold(distance: float) -> None:
    assert match([[distance]], [[[0.0]]], [5], 6, 1.0) == ((5,) if distance < 1 else (6,))


def test_the_view_that_fits_better_counts() -> None:
    away = [[x + 3.0, y] for x, y in OLD]
    assert match(away, [OLD, away], IDS, 4, 1.0) == (1, 2, 3)
    assert match(OLD, [OLD, away], IDS, 4, 1.0) == (1, 2, 3)
    # Not a pair of one view and a pair of another.
    assert match([OLD[0], away[0]], [OLD, away], IDS, 4, 0.5) == (1, 4)


def test_without_an_earlier_run() -> None:
    assert match([[1.0], [2.0]], [[]], [], 1, 1.0) == (1, 2)

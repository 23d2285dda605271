"""Shorter rules: those that are merged find the same, those that are pruned nearly so."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segdb.cluster.decision_rules import matches
from segdb.cluster.simplify_rules import Boxes, merged, pruned

NAMES = ("a", "b")
ROWS = np.array([(x / 2, y / 2) for x in range(-1, 9) for y in range(-1, 9)])
LIMITS = st.tuples(
    st.sampled_from([-math.inf, 0.0, 1.0, 2.0, 3.0]),
    st.sampled_from([0.0, 1.0, 2.0, 3.0, math.inf]),
).filter(lambda limits: limits != (-math.inf, math.inf))
RULES = st.lists(
    st.dictionaries(st.sampled_from(NAMES), LIMITS, min_size=1), min_size=1, max_size=4
).map(tuple)


def up_to(**limits: float) -> dict[str, tuple[float, float]]:
    return {name: (-math.inf, limit) for name, limit in limits.items()}


def above(**limits: float) -> dict[str, tuple[float, float]]:
    return {name: (limit, math.inf) for name, limit in limits.items()}


@given(RULES)
def test_a_merged_rule_finds_the_same(rule: Boxes) -> None:
    found = matches(rule, ROWS, NAMES)
    shorter = merged(rule)
    # Of a rule that finds nothing there is nothing shorter to say.
    assert (matches(shorter, ROWS, NAMES) == found).all()
    assert len(shorter) <= len(rule)
    # What bounds nothing is no condition.
    assert all((-math.inf, math.inf) not in box.values() for box in shorter)


def test_boxes_that_touch_become_one() -> None:
    rule = (up_to(a=39.5) | above(b=70.0), up_to(a=39.5) | {"b": (50.0, 70.0)})
    assert merged(rule) == (up_to(a=39.5) | above(b=50.0),)


def test_a_feature_that_is_covered_whole_is_left_out() -> None:
    assert merged((up_to(a=1.0, b=2.0), above(a=1.0) | up_to(b=2.0))) == (up_to(b=2.0),)


def test_boxes_with_a_gap_stay_two() -> None:
    rule = up_to(a=1.0), above(a=2.0)
    assert merged(rule) == rule


def test_what_lies_within_another_or_is_closed_goes() -> None:
    rule = up_to(a=1.0, b=2.0), up_to(a=3.0), {"b": (5.0, 5.0)}
    assert merged(rule) == (up_to(a=3.0),)


def test_what_serves_least_is_left_out() -> None:
    draw = np.random.default_rng(1)
    values = draw.uniform(0, 100, size=(1_000, 2))
    own = values[:, 0] <= 30
    rule = up_to(a=30.0, b=99.9), {"a": (30.0, 30.2)} | above(b=99.0)

    def score(one: Boxes) -> float:
        return float((matches(one, values, NAMES) == own).mean())

    shorter = pruned(rule, score, 0.01)
    assert shorter == (up_to(a=30.0),)
    assert score(shorter) >= score(rule) - 0.01
    # A condition that matters stays, whatever is asked for.
    assert pruned(shorter, score, 0.01) == shorter
    needed = (up_to(a=30.0, b=50.0),)
    own = matches(needed, values, NAMES)
    assert pruned(needed, score, 0.01) == needed

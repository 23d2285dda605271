"""Shorter rules: those that are merged find the same, those that are pruned nearly so."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segdb.cluster.decision_rules import matches
from segdb.cluster.simplify_rules import Condition, Rule, merged, pruned

NAMES = ("a", "b")
ROWS = np.array([(x / 2, y / 2) for x in range(-1, 9) for y in range(-1, 9)])
CONDITIONS = st.builds(
    Condition,
    st.sampled_from(NAMES),
    st.sampled_from(("<=", ">")),
    st.integers(0, 3).map(float),
)
RULES = st.lists(st.lists(CONDITIONS, min_size=1, max_size=3), min_size=1, max_size=4).map(
    lambda parts: Rule(tuple(tuple(part) for part in parts))
)


def up_to(feature: str, threshold: float) -> Condition:
    return Condition(feature, "<=", threshold)


def above(feature: str, threshold: float) -> Condition:
    return Condition(feature, ">", threshold)


@given(RULES)
def test_a_merged_rule_finds_the_same(rule: Rule) -> None:
    found = matches(rule, ROWS, NAMES)
    shorter = merged(rule)
    # Of a rule that finds nothing there is nothing shorter to say.
    assert (matches(shorter, ROWS, NAMES) == found).all()
    assert len(shorter.conditions) <= len(rule.conditions)


def test_boxes_that_touch_become_one() -> None:
    rule = Rule(
        (
            (up_to("a", 39.5), above("b", 70.0)),
            (up_to("a", 39.5), above("b", 50.0), up_to("b", 70.0)),
        )
    )
    assert merged(rule) == Rule(((up_to("a", 39.5), above("b", 50.0)),))


def test_boxes_with_a_gap_stay_two() -> None:
    rule = Rule(((up_to("a", 1.0),), (above("a", 2.0),)))
    assert merged(rule) == rule


def test_what_lies_within_another_or_is_closed_goes() -> None:
    rule = Rule(
        (
            (up_to("a", 1.0), up_to("b", 2.0)),
            (up_to("a", 3.0),),
            (above("b", 5.0), up_to("b", 5.0)),
        )
    )
    assert merged(rule) == Rule(((up_to("a", 3.0),),))


def test_what_serves_least_is_left_out() -> None:
    draw = np.random.default_rng(1)
    values = draw.uniform(0, 100, size=(1_000, 2))
    own = values[:, 0] <= 30
    rule = Rule(
        (
            (up_to("a", 30.0), up_to("b", 99.9)),
            (above("a", 30.0), up_to("a", 30.2), above("b", 99.0)),
        )
    )

    def score(one: Rule) -> float:
        return float((matches(one, values, NAMES) == own).mean())

    shorter = pruned(rule, score, 0.01)
    assert shorter == Rule(((up_to("a", 30.0),),))
    assert score(shorter) >= score(rule) - 0.01
    # A condition that matters stays, whatever is asked for.
    assert pruned(shorter, score, 0.01) == shorter
    needed = Rule(((up_to("a", 30.0), up_to("b", 50.0)),))
    own = matches(needed, values, NAMES)
    assert pruned(needed, score, 0.01) == needed

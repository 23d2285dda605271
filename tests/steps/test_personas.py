"""Names follow the profile, not the place; kept names stay; words have natural units."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest

from segdb.playbook import load
from segdb.steps.personas import Profile, personas, phrase, readable, risk, score, summary

PLACES: Mapping[str, Mapping[str, float]] = {
    "Champions": {"r": 4.6, "f": 4.8, "m": 4.7, "t": 4.2},
    "Potential Loyalists": {"r": 4.2, "f": 3.0, "m": 2.8, "t": 2.4},
    "New": {"r": 4.7, "f": 1.1, "m": 1.6, "t": 1.2},
    "Hibernating": {"r": 1.8, "f": 1.6, "m": 2.0, "t": 4.0},
    "Can't Lose": {"r": 1.6, "f": 4.6, "m": 4.5, "t": 4.6},
}


def profile(scores: Mapping[str, float]) -> Profile:
    return Profile(means={"a": 1.0}, z={"a": 0.0}, scores=scores, overdue=0.1)


def names(profiles: list[Profile], kept: list[str | None] | None = None) -> list[str]:
    given = kept or [None] * len(profiles)
    named = personas(profiles, given, {"a": 1.0}, ["a"], load(), "£")
    return [character.name for character in named]


@pytest.mark.parametrize("order", list(itertools.permutations(PLACES))[::17])
def test_names_are_right_by_profile(order: tuple[str, ...]) -> None:
    assert names([profile(PLACES[name]) for name in order]) == list(order)


def test_more_segments_than_names_stay_unique() -> None:
    many = names([profile(PLACES["Champions"])] * 13)
    assert len(set(many)) == 13
    assert "Champions" in many
    assert not {"New", "Hibernating", "Lost"} & set(many)


def test_a_kept_name_stays_and_is_given_once() -> None:
    kept = [None, "Champions"]
    found = names([profile(PLACES["Champions"]), profile(PLACES["Hibernating"])], kept)
    assert found[1] == "Champions"
    assert found[0] != "Champions"


@pytest.mark.parametrize("become", ["Champions", "Hibernating", "New"])
def test_advice_follows_the_profile_under_a_kept_name(become: str) -> None:
    playbook = load()
    own = next(persona for persona in playbook.personas if persona.name == become)
    found = personas([profile(PLACES[become])], ["Champions"], {"a": 1.0}, ["a"], playbook, "£")[0]
    assert found.name == "Champions"
    assert (found.tier, found.action, found.reason) == (own.tier, own.action, own.reason)


def test_a_small_step_changes_no_advice() -> None:
    near = {axis: value - 0.4 for axis, value in PLACES["Champions"].items()}
    found = personas([profile(near)], ["Champions"], {"a": 1.0}, ["a"], load(), "£")[0]
    own = next(persona for persona in load().personas if persona.name == "Champions")
    assert found.action == own.action


def test_attributes_are_named_by_what_they_are() -> None:
    profiles = [
        Profile(
            {"Income": 9.0, "Spending (1-100)": 2.0},
            {"Income": 1.0, "Spending (1-100)": -1.0},
            {},
            None,
        ),
        Profile(
            {"Income": 1.0, "Spending (1-100)": 2.0},
            {"Income": -1.5, "Spending (1-100)": -1},
            {},
            None,
        ),
    ]
    matrix = ["Income", "Spending (1-100)"]
    found = personas(
        profiles, [None, None], {"Income": 5.0, "Spending (1-100)": 5.0}, matrix, load(), ""
    )
    assert [one.name for one in found] == [
        "High income, low spending",
        "Very low income, low spending",
    ]
    assert [one.tier for one in found] == ["regular", "low engagement"]
    assert all(one.churn_risk is None for one in found)


@pytest.mark.parametrize(
    ("overdue", "told"),
    [(None, None), (0.0, "low"), (0.3, "medium"), (0.59, "medium"), (0.6, "high")],
)
def test_churn_risk(overdue: float | None, told: str | None) -> None:
    assert risk(overdue) == told


@pytest.mark.parametrize(
    ("name", "mean", "average", "told"),
    [
        ("recency_days", 9.2, 92.0, "last order 9 days ago (all customers: 92)"),
        ("frequency", 12.6, 3.0, "orders 4.2 times as often as the average customer (12.6 orders)"),
        ("monetary", 6745.25, 2054.2, "spends £6,745 (all customers: £2,054)"),
        ("return_rate", 0.25, 0.05, "returns 25% of what it buys (all customers: 5%)"),
        ("Annual Income (k$)", 82.7, 60.6, "annual income 82.7 (all customers: 60.6)"),
    ],
)
def test_phrases_have_natural_units(name: str, mean: float, average: float, told: str) -> None:
    assert phrase(name, mean, average, "£") == told


def test_a_summary_begins_with_what_is_most_remarkable() -> None:
    one = Profile(
        {"recency_days": 9.0, "monetary": 300.0}, {"recency_days": -0.5, "monetary": 2.0}, {}, None
    )
    text = summary(one, {"recency_days": 92.0, "monetary": 100.0}, "£")
    assert text.startswith("Spends £300")
    assert text.index("Spends") < text.index("last order")


def test_a_summary_of_an_average_segment() -> None:
    one = Profile({"a": 1.0}, {"a": 0.1}, {}, None)
    assert summary(one, {"a": 1.0}, "") == "Close to the average customer in everything."


@pytest.mark.parametrize(
    ("feature", "words"),
    [("days_between_orders", "days between orders"), ("MntWines", "mnt wines"), ("(x)", "(x)")],
)
def test_readable(feature: str, words: str) -> None:
    assert readable(feature) == words


def test_scores_go_from_one_to_five() -> None:
    assert [score(value, [10, 20, 30, 40]) for value in (5, 15, 25, 35, 45)] == [1, 2, 3, 4, 5]

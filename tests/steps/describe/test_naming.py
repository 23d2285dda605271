"""Names follow the profile, not the place, and kept names stay."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pytest

import segdb
from segdb.config.playbook import load
from segdb.steps.describe.naming import Profile, personas, risk, score

PLACES: Mapping[str, Mapping[str, float]] = {
    "Champions": {"r": 4.6, "f": 4.8, "m": 4.7, "t": 4.2},
    "Potential Loyalists": {"r": 4.2, "f": 3.0, "m": 2.8, "t": 2.4},
    "New": {"r": 4.7, "f": 1.1, "m": 1.6, "t": 1.2},
    "Hibernating": {"r": 1.8, "f": 1.6, "m": 2.0, "t": 4.0},
    "Can't Lose": {"r": 1.6, "f": 4.6, "m": 4.5, "t": 4.6},
}
LATE = {"Hibernating": 0.6, "Can't Lose": 0.8}


def profile(name: str) -> Profile:
    return Profile({"a": 1.0}, {"a": 0.0}, PLACES[name], LATE.get(name, 0.1))


def names(profiles: list[Profile], kept: list[str | None] | None = None) -> list[str]:
    given = kept or [None] * len(profiles)
    named = personas(profiles, given, {"a": 1.0}, ["a"], load(), {})
    return [character.name for character in named]


@pytest.mark.parametrize("order", list(itertools.permutations(PLACES))[::17])
def test_names_are_right_by_profile(order: tuple[str, ...]) -> None:
    assert names([profile(name) for name in order]) == list(order)


def test_more_segments_than_names_stay_unique() -> None:
    many = names([profile("Champions")] * 13)
    assert len(set(many)) == 13
    assert "Champions" in many
    assert {name.rstrip(" 0123456789") for name in many} <= {"Champions", "Loyal"}


def test_of_two_of_a_kind_the_second_says_how_it_differs() -> None:
    scores = {"r": 1.3, "f": 1.1, "m": 1.3}
    means = {"tenure_days": 300.0, "monetary": 9.0}
    profiles = [
        Profile(means, {"tenure_days": z, "monetary": 0.1}, {**scores, "r": recency}, 1.0)
        for z, recency in ((-0.6, 1.7), (0.8, 1.2))
    ]
    found = [c.name for c in personas(profiles, [None] * 2, means, ["monetary"], load(), {})]
    assert found == ["Lost, joined later", "Lost"]
    # They stay so in the next run, with the advice of their persona.
    profiles = [Profile({"a": 1.0}, {"a": 0.0}, scores, 1.0)] * 2
    kept = personas(profiles, found, {"a": 1.0}, ["a"], load(), {})
    assert [one.name for one in kept] == found
    assert len({one.action for one in kept}) == 1


def test_customers_who_keep_their_rhythm_are_not_lost() -> None:
    scores = {"r": 1.5, "f": 1.1, "m": 1.1}
    late, steady = (Profile({"a": 1.0}, {"a": 0.0}, scores, share) for share in (0.95, 0.3))
    assert names([late]) == ["Lost"]
    assert names([steady]) == ["Hibernating"]
    often = Profile({"a": 1.0}, {"a": 0.0}, {"r": 2.7, "f": 3.4, "m": 3.5}, 1.0)
    assert names([often]) == ["At Risk"]


def test_the_best_customers_may_be_the_smallest_and_the_last_cluster() -> None:
    draw = np.random.default_rng(4)
    places = ((300, 40, 2), (60, 5, 8), (10, 2, 60))
    sizes = (400, 200, 12)
    orders = [
        (f"{number}-{customer}", int(recency + gap * order + draw.integers(0, 3)), spent)
        for number, ((recency, gap, count), size) in enumerate(zip(places, sizes, strict=True))
        for customer in range(size)
        for order in range(count)
        for spent in [float(draw.uniform(10, 20) * count)]
    ]
    table = pa.table(
        {
            "customer": [order[0] for order in orders],
            "day": [date(2024, 12, 31) - timedelta(days=order[1]) for order in orders],
            "amount": [order[2] for order in orders],
        }
    )
    with duckdb.connect() as connection:
        run = segdb.run(table, database=connection, settings={"cluster": {"k": 3, "n_init": 1}})
        rows = run.segments
    assert (rows[0]["segment"], rows[0]["customers"]) == ("Champions", 12)
    assert {row["segment"] for row in rows[1:]} <= {"Lost", "Hibernating", "Can't Lose", "At Risk"}


def test_a_kept_name_stays_and_is_given_once() -> None:
    kept = [None, "Champions"]
    found = names([profile("Champions"), profile("Hibernating")], kept)
    assert found[1] == "Champions"
    assert found[0] != "Champions"


@pytest.mark.parametrize("become", ["Champions", "Hibernating", "New"])
def test_advice_follows_the_profile_under_a_kept_name(become: str) -> None:
    playbook = load()
    own = next(persona for persona in playbook.personas if persona.name == become)
    found = personas([profile(become)], ["Champions"], {"a": 1.0}, ["a"], playbook, {})[0]
    assert found.name == "Champions"
    assert (found.tier, found.action, found.reason) == (own.tier, own.action, own.reason)


def test_a_small_step_changes_no_advice() -> None:
    near = {axis: value - 0.4 for axis, value in PLACES["Champions"].items()}
    moved = Profile({"a": 1.0}, {"a": 0.0}, near, 0.1)
    found = personas([moved], ["Champions"], {"a": 1.0}, ["a"], load(), {})[0]
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
            -1.6,
        ),
    ]
    matrix = ["Income", "Spending (1-100)"]
    found = personas(
        profiles, [None, None], {"Income": 5.0, "Spending (1-100)": 5.0}, matrix, load(), {}
    )
    assert [one.name for one in found] == [
        "High income, low spending",
        "Very low income, low spending",
    ]
    assert [one.tier for one in found] == ["regular", "low engagement"]
    assert "have more than others and spend less" in found[0].reason
    assert "have less than others, and spend less" in found[1].reason
    assert all(one.churn_risk is None for one in found)


def test_segments_that_are_told_the_same_are_told_apart() -> None:
    overall = {"Age": 1.0, "Size": 1.0}
    profiles = [
        Profile(overall, {"Age": age, "Size": size}, {}, None)
        for age, size in ((1.0, -1.0), (-1.0, 1.5))
    ]
    found = personas(profiles, [None] * 2, overall, ["Age", "Size"], load(), {})
    general = load().standing(0.0)
    assert [one.action for one in found] == [
        f"{general.action} What sets them apart: high age, low size.",
        f"{general.action} What sets them apart: low age, very high size.",
    ]
    assert [one.reason for one in found] == [general.reason] * 2
    alone = personas(profiles[:1], [None], overall, ["Age", "Size"], load(), {})
    assert alone[0].action == general.action


def test_of_a_category_the_value_that_most_have_is_named() -> None:
    categories = {"Gender_Female": ("Gender", "Female"), "Gender_Male": ("Gender", "Male")}
    matrix = ["Age", "Gender_Female"]
    overall = {"Age": 39.0, "Gender_Female": 0.56, "Gender_Male": 0.44}
    profiles = [
        Profile({"Age": age, "Gender_Female": share, "Gender_Male": 1 - share}, z, {}, None)
        for age, share, z in (
            (27.4, 0.1, {"Age": -0.9, "Gender_Female": -0.92, "Gender_Male": 0.92}),
            (39.0, 0.58, {"Age": 0.1, "Gender_Female": 0.04, "Gender_Male": -0.04}),
            (55.0, 1.0, {"Age": 1.3, "Gender_Female": 0.88, "Gender_Male": -0.88}),
        )
    ]
    found = personas(profiles, [None] * 3, overall, matrix, load(), categories)
    assert [one.name for one in found] == [
        "Low age, gender Male",
        "Average age",
        "Very high age, gender Female",
    ]
    told = "90% gender Male (all customers: 44%); age 27.4 (all customers: 39)."
    assert found[0].summary == told


@pytest.mark.parametrize(
    ("overdue", "told"),
    [(None, None), (0.0, "low"), (0.3, "medium"), (0.59, "medium"), (0.6, "high")],
)
def test_churn_risk(overdue: float | None, told: str | None) -> None:
    assert risk(overdue) == told


def test_scores_go_from_one_to_five() -> None:
    assert [score(value, [10, 20, 30, 40]) for value in (5, 15, 25, 35, 45)] == [1, 2, 3, 4, 5]

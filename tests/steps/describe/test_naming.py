"""Names follow what is true of the members, and kept names stay."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pytest

import segdb
from segdb.config.personas import Playbook
from segdb.config.playbook import load
from segdb.steps.describe.churn_risk import MeasuredReturn
from segdb.steps.describe.members import Members
from segdb.steps.describe.naming import SegmentDescription, describe, score
from segdb.steps.describe.profile import AllCustomers, Profile

PLACES: Mapping[str, Mapping[str, float]] = {
    "Champions": {"r": 4.6, "f": 4.8, "m": 4.7, "t": 4.2},
    "Potential Loyalists": {"r": 4.2, "f": 3.0, "m": 2.8, "t": 2.4},
    "New": {"r": 4.7, "f": 1.1, "m": 1.6, "t": 1.2},
    "Hibernating": {"r": 1.8, "f": 1.6, "m": 2.0, "t": 4.0},
    "Can't Lose": {"r": 1.6, "f": 4.6, "m": 4.5, "t": 4.6},
}
LATE = {"Hibernating": 0.6, "Can't Lose": 0.8}
ALL = AllCustomers({"a": 1.0}, {"a": 1.0}, ["a"], value=100.0)
BOOK = load()
EVERYTHING = {p.when: 1.0 for p in BOOK.personas}


def profile(name: str, true: Sequence[str] | None = None) -> Profile:
    """Return a segment at a persona's place, of which the claims of some personas are true."""
    known = {p.when: 1.0 for p in BOOK.personas if true is None or p.name in true}
    members = Members(overdue=LATE.get(name, 0.1), traits=known, value=100.0)
    return Profile({"a": 1.0}, {"a": 0.0}, PLACES[name], members)


def described(
    profiles: list[Profile], kept: list[str | None] | None = None, playbook: Playbook = BOOK
) -> tuple[SegmentDescription, ...]:
    return describe(profiles, kept or [None] * len(profiles), ALL, playbook)


def names(profiles: list[Profile], kept: list[str | None] | None = None) -> list[str]:
    return [description.name for description in described(profiles, kept)]


@pytest.mark.parametrize("order", list(itertools.permutations(PLACES))[::17])
def test_names_are_right_by_profile(order: tuple[str, ...]) -> None:
    assert names([profile(name) for name in order]) == list(order)


def test_the_nearest_persona_is_not_taken_where_its_claims_are_not_true() -> None:
    only = described([profile("Champions", ["Loyal", "Hibernating"])])[0]
    assert only.name == "Loyal"
    none = described([profile("Champions", [])])[0]
    assert (none.name, none.action, none.reason) == (
        "Others",
        BOOK.otherwise.action,
        BOOK.otherwise.reason,
    )


@pytest.mark.parametrize(("share", "name"), [(0.66, "Others"), (0.67, "Loyal")])
def test_two_thirds_make_a_claim_true(share: float, name: str) -> None:
    loyal = next(p for p in BOOK.personas if p.name == "Loyal")
    members = Members(overdue=0.1, traits={loyal.when: share})
    assert names([Profile({"a": 1.0}, {"a": 0.0}, PLACES["Champions"], members)]) == [name]


def test_at_risk_asks_for_seven_tenths() -> None:
    at_risk = next(p for p in BOOK.personas if p.name == "At Risk")
    for share, name in ((0.69, "Others"), (0.71, "At Risk")):
        members = Members(overdue=0.9, traits={at_risk.when: share})
        place = {"r": 1.9, "f": 3.2, "m": 3.3}
        assert names([Profile({"a": 1.0}, {"a": 0.0}, place, members)]) == [name]


def test_a_dominant_trait_wins_over_a_nearer_place() -> None:
    lapsing = replace(profile("Hibernating"), z={"tenure_days": -4.0, "a": 0.0})
    assert names([lapsing]) == ["New"]
    assert names([replace(lapsing, z={"tenure_days": -1.9, "a": 0.0})]) == ["Hibernating"]
    untrue = replace(profile("Hibernating", ["Hibernating"]), z={"tenure_days": -4.0})
    assert names([untrue]) == ["Hibernating"]


def test_where_nothing_fits_the_name_is_what_sets_apart() -> None:
    sides = {("average_order_value", "above"): 0.8, ("frequency", "below"): 0.7}
    members = Members(sides={**sides, ("monetary", "above"): 0.6}, traits={}, overdue=0.1)
    z = {"average_order_value": 1.1, "frequency": -0.6, "monetary": 0.9}
    other = Profile(dict.fromkeys(z, 1.0), z, PLACES["Champions"], members)
    assert names([other]) == ["Larger orders, fewer orders"]


def test_more_segments_than_names_stay_unique() -> None:
    many = names([profile("Champions")] * 13)
    assert len(set(many)) == 13
    assert "Champions" in many
    assert {name.rstrip(" 0123456789") for name in many} <= {"Champions", "Loyal"}


def test_of_two_of_a_kind_the_second_says_how_it_differs() -> None:
    scores = {"r": 1.3, "f": 1.1, "m": 1.3}
    means = {"tenure_days": 300.0, "monetary": 9.0}
    members = Members(overdue=1.0, traits=EVERYTHING)
    apart = {"tenure_days": (100.0, 110.0, 120.0)}, {"tenure_days": (400.0, 500.0, 600.0)}
    profiles = [
        Profile(means, {"tenure_days": z, "monetary": 0.1}, {**scores, "r": r}, members, quartiles)
        for z, r, quartiles in zip((-0.6, 0.8), (1.7, 1.2), apart, strict=True)
    ]
    assert names(profiles) == ["Lost, joined later", "Lost"]
    # They stay so in the next run, with the advice of their persona.
    kept: list[str | None] = ["Lost, joined later", "Lost"]
    later = described([replace(profiles[1], quartiles={})] * 2, kept)
    assert [one.name for one in later] == kept
    assert len({one.action for one in later}) == 1
    # Where a quarter of the members lie beyond the other's median, there is nothing to say.
    close = [replace(profiles[0], quartiles={"tenure_days": (100.0, 400.0, 600.0)}), profiles[1]]
    assert names(close) == ["Lost", "Lost 2"] or names(close) == ["Lost 2", "Lost"]


def test_customers_who_keep_their_rhythm_are_not_lost() -> None:
    scores = {"r": 1.5, "f": 1.1, "m": 1.1}
    late, steady = (
        Profile({"a": 1.0}, {"a": 0.0}, scores, Members(overdue=share, traits=EVERYTHING))
        for share in (0.95, 0.3)
    )
    assert names([late]) == ["Lost"]
    assert names([steady]) == ["Hibernating"]


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


@pytest.mark.parametrize("become", ["Champions", "Hibernating", "Potential Loyalists"])
def test_advice_follows_the_profile_under_a_kept_name(become: str) -> None:
    own = next(persona for persona in BOOK.personas if persona.name == become)
    found = described([profile(become)], ["Champions"])[0]
    assert found.name == "Champions"
    assert (found.action, found.reason) == (own.action, own.reason)


def test_a_kept_name_whose_claims_are_not_true_brings_no_words_that_are_not() -> None:
    found = described([profile("Champions", ["Loyal"])], ["Champions"])[0]
    loyal = next(persona for persona in BOOK.personas if persona.name == "Loyal")
    assert (found.name, found.reason) == ("Champions", loyal.reason)
    assert found.summary.endswith(" Its name is that of an earlier run.")
    bare = described([profile("Champions", [])], ["Champions"])[0]
    assert (bare.name, bare.reason) == ("Champions", BOOK.otherwise.reason)
    assert "earlier run" not in described([profile("Champions")], ["Champions"])[0].summary


def test_a_small_step_changes_no_advice() -> None:
    near = {axis: value - 0.4 for axis, value in PLACES["Champions"].items()}
    found = described([replace(profile("Champions"), scores=near)], ["Champions"])[0]
    own = next(persona for persona in BOOK.personas if persona.name == "Champions")
    assert found.action == own.action


@pytest.mark.parametrize("stability", [0.59, 0.6, None])
def test_a_weak_segment_says_so_and_its_advice_is_a_trial(stability: float | None) -> None:
    found = described([replace(profile("Champions"), stability=stability)])[0]
    plain = described([profile("Champions")])[0]
    if stability == 0.59:
        assert found.summary == (
            f"{plain.summary} Weak: other customers would give other segments (stability 0.59)."
        )
        assert found.action == f"This segment is weak: try it on some of them first. {plain.action}"
    else:
        assert (found.summary, found.action) == (plain.summary, plain.action)


def test_the_tier_is_by_value_and_not_by_the_persona() -> None:
    poor, rich, unknown = (
        replace(profile("Champions"), members=replace(profile("Champions").members, value=value))
        for value in (20.0, 200.0, None)
    )
    assert [one.tier for one in described([poor, rich, unknown])] == [
        "low engagement",
        "premium",
        None,
    ]
    often = replace(poor, z={"frequency": 0.5})
    assert described([often])[0].tier == "regular"


def test_a_playbook_of_before_has_its_own_tiers_and_no_claims() -> None:
    personas = tuple(replace(p, when=(), tier="premium") for p in BOOK.personas)
    old = replace(BOOK, personas=personas)
    found = described([profile("Hibernating", [])], playbook=old)[0]
    assert (found.name, found.tier) == ("Hibernating", "premium")


def test_churn_is_what_was_measured() -> None:
    seen = replace(profile("Champions"), measured=MeasuredReturn(20, 100, 0.13, 0.29), alive=0.99)
    found = described([seen, replace(seen, measured=None), profile("Champions")])
    assert [one.churn.churn_risk for one in found] == ["high", "low", None]
    assert [one.churn.churn_basis for one in found] == ["backtest", "p_alive", None]


def test_scores_go_from_one_to_five() -> None:
    assert [score(value, [10, 20, 30, 40]) for value in (5, 15, 25, 35, 45)] == [1, 2, 3, 4, 5]

"""Segments of attributes are named by what two thirds of their members are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from segdb.config.playbook import load
from segdb.steps.describe.attribute_names import of_attributes
from segdb.steps.describe.members import Members
from segdb.steps.describe.profile import AllCustomers, Named, Profile

BOOK = load()
SIGNS = dict.fromkeys(range(len(BOOK.signs)), 1.0)
SPENDING = {"Income": 5.0, "Spending (1-100)": 5.0}
INCOME_AND_SPENDING = AllCustomers(SPENDING, SPENDING, ["Income", "Spending (1-100)"])


def profile(z: Mapping[str, float], share: float = 0.8, signs: float = 1.0) -> Profile:
    """Return a segment; its members lie where the mean does, by that share."""
    sides: dict[tuple[str, str], float] = {}
    for name, value in z.items():
        side = "above" if value > 0 else "below"
        sides |= {(name, side): share, (name, f"far {side}"): share, (name, "near"): share}
    members = Members(sides=sides, signs=dict.fromkeys(SIGNS, signs))
    return Profile(dict.fromkeys(z, 1.0), z, {}, members)


def named(
    *profiles: Profile,
    customers: AllCustomers = INCOME_AND_SPENDING,
    kept: str | None = None,
    tier: str | None = None,
) -> list[Named]:
    count = len(profiles)
    return of_attributes(profiles, [kept] * count, customers, BOOK, [tier] * count)


def test_a_name_is_what_two_thirds_are() -> None:
    found = named(
        profile({"Income": 1.0, "Spending (1-100)": -1.0}),
        profile({"Income": -1.5, "Spending (1-100)": -1.0}),
    )
    assert [one.name for one in found] == [
        "High income, low spending",
        "Very low income, low spending",
    ]
    assert "have more than others and spend less" in found[0].reason
    assert "have less than others, and spend less" in found[1].reason


def test_what_fewer_are_is_not_said() -> None:
    mixed = profile({"Income": 1.5, "Spending (1-100)": -1.0}, share=0.6)
    assert named(mixed)[0].name == "Mixed"
    sides = dict(mixed.members.sides) | {("Income", "above"): 0.7}
    some = replace(mixed, members=replace(mixed.members, sides=sides))
    assert named(some)[0].name == "High income"


def test_a_sign_is_said_where_it_is_true_of_two_thirds() -> None:
    z = {"Income": 1.0, "Spending (1-100)": 1.0}
    assert named(profile(z))[0].reason == "They have more than others, and spend more."
    assert named(profile(z, signs=0.6))[0].reason == "Nothing in the data says what they bring."
    assert named(profile(z, signs=0.6), tier="premium")[0].tier == "premium"


def test_segments_of_the_same_advice_say_what_sets_them_apart() -> None:
    overall = AllCustomers({"Age": 1.0, "Size": 1.0}, {"Age": 1.0, "Size": 1.0}, ["Age", "Size"])
    profiles = [profile({"Age": 1.0, "Size": -1.0}), profile({"Age": -1.0, "Size": 1.5})]
    general = BOOK.standing(0.0)
    assert [one.action for one in named(*profiles, customers=overall)] == [
        f"{general.action} What sets them apart: high age, low size.",
        f"{general.action} What sets them apart: low age, very high size.",
    ]
    assert named(profiles[0], customers=overall)[0].action == general.action


def test_of_a_category_the_value_that_most_have_is_named() -> None:
    customers = AllCustomers(
        {"Age": 39.0, "Gender_Female": 0.56, "Gender_Male": 0.44},
        {"Age": 36.0},
        ["Age", "Gender_Female"],
        {"Gender_Female": ("Gender", "Female"), "Gender_Male": ("Gender", "Male")},
    )
    profiles = [
        replace(
            profile({"Age": age, "Gender_Female": female, "Gender_Male": -female}),
            means={"Age": 1.0, "Gender_Female": share, "Gender_Male": 1 - share},
        )
        for age, share, female in ((-0.9, 0.1, -0.92), (0.1, 0.58, 0.04), (1.3, 1.0, 0.88))
    ]
    assert [one.name for one in named(*profiles, customers=customers)] == [
        "Low age, gender Male",
        "Average age",
        "Very high age, gender Female",
    ]


def test_of_yes_and_no_there_is_no_high_and_low() -> None:
    means = {"AcceptedCmp4": 0.07, "Complain": 0.2}
    customers = AllCustomers(means, {}, list(means), flags=frozenset(means))
    z = {"AcceptedCmp4": 2.5, "Complain": -0.5}
    own = replace(profile(z), means={"AcceptedCmp4": 0.73, "Complain": 0.0})
    assert named(own, customers=customers)[0].name == "Accepted cmp4 yes, complain no"
    own = replace(profile(z), means={"AcceptedCmp4": 0.5, "Complain": 0.4})
    assert named(own, customers=customers)[0].name == "Mixed"


def test_a_kept_name_that_is_not_true_any_more_says_so() -> None:
    segment = profile({"Income": 1.0, "Spending (1-100)": -1.0})
    assert not named(segment, kept="High income, low spending")[0].outgrown
    assert not named(segment, kept="High income, low spending 2")[0].outgrown
    changed = named(segment, kept="Low income")[0]
    assert (changed.name, changed.outgrown) == ("Low income", True)

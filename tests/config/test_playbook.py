"""The playbook: the one that ships is whole, and a broken one says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdb.config.playbook import OWN, TIERS, load
from segdb.errors import SettingsError
from segdb.features.rfm import GRID


def test_the_field_s_names_are_there() -> None:
    names = {persona.name for persona in load().personas}
    in_grid = {name for row in GRID.values() for name in row}
    plural = {"Champion": "Champions", "Potential Loyalist": "Potential Loyalists"}
    assert {plural.get(name, name) for name in in_grid} | {"Lost"} == names


def test_every_persona_says_what_to_do_and_why() -> None:
    for persona in load().personas:
        assert persona.action.endswith(".")
        assert persona.reason.endswith(".")
        assert persona.tier in TIERS
        assert all(1 <= score <= 5 for score in persona.place.values())


def test_standings_cover_every_place() -> None:
    playbook = load()
    assert [playbook.standing(place).tier for place in (2.0, 0.0, -2.0)] == list(TIERS)


@pytest.mark.parametrize(
    ("places", "reason"),
    [
        ({"annual income": 1.0, "spending score": 0.9}, "have more than others, and spend more."),
        ({"annual income": 1.0, "spending score": -0.9}, "have more than others and spend less"),
        ({"income": -0.4, "spending": 0.4}, "spend more than others, and have less."),
        ({"income": -0.4, "spending": -0.4}, "have less than others, and spend less."),
        ({"income": 0.3, "num deals purchases": 0.4}, "take offers more than others"),
        ({"web purchases": 0.4, "store purchases": -0.4}, "less in the store."),
        ({"web purchases": -0.4, "store purchases": 0.4}, "less online."),
        ({"num web visits month": 0.9, "mnt wines": -0.9}, "look more than others"),
        ({"kidhome": 0.5, "teenhome": 0.3, "mnt wines": -0.9}, "more children at home"),
        # On average they stand out in nothing.
        ({"kidhome": 0.8, "teenhome": -0.8, "mnt wines": -0.9}, "above the average in some"),
        ({"age": 2.0, "outcome": 2.0, "dewebbing": 2.0}, "above the average in some"),
        ({}, "above the average in some"),
    ],
)
def test_what_to_do_follows_what_stands_out(places: dict[str, float], reason: str) -> None:
    found = load().advice(0.0, places, 0.35)
    assert reason in found.reason
    assert found.tier == "regular"


def test_every_sign_says_something_of_its_own() -> None:
    playbook = load()
    told = [(sign.action, sign.reason) for sign in playbook.signs]
    told += [(standing.action, standing.reason) for standing in playbook.standings]
    assert len({action for action, _ in told}) == len({reason for _, reason in told}) == len(told)
    assert all(text.endswith(".") for pair in told for text in pair)


@pytest.mark.parametrize(
    ("means", "spending"),
    [
        ("income", "spending"),
        ("jahreseinkommen", "umsatz gesamt"),
        ("revenus", "dépenses"),
        ("ingresos", "gasto total"),
        ("reddito", "spesa totale"),
        ("inkomen", "uitgaven"),
    ],
)
def test_signs_read_names_in_several_languages(means: str, spending: str) -> None:
    found = load().advice(0.0, {means: 1.0, spending: -1.0}, 0.35)
    assert found.reason.startswith("They have more than others and spend less")


def test_a_playbook_without_signs_goes_by_the_standing(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN.read_text("utf-8").partition("[words]")[0], "utf-8")
    own = load(path)
    assert own.advice(0.0, {"income": 1.0, "spending": 1.0}, 0.35) == own.standing(0.0)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('high = ["offers"]', 'high = ["offer"]', "'offer', which is not in [words]. Did you mean"),
        ('high = ["offers"]', "", "has neither high nor low"),
        ('tier = "premium"', 'tier = "vip"', "vip"),
        ("place = { r = 4.7", "place = { x = 4.7", "Champions"),
        ("[[attributes]]", "[[others]]", "attributes"),
        ("[[orders]]", "[orders", "not"),
    ],
)
def test_a_broken_playbook_is_an_error(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(SettingsError, match=r"mine\.toml") as error:
        load(path)
    assert told in str(error.value) or new == "[orders"


def test_a_playbook_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.toml"):
        load(tmp_path / "gone.toml")

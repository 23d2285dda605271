"""The playbook: the one that ships is whole, and a broken one says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdb.config.personas import TIERS
from segdb.config.playbook import OWN, load, read
from segdb.errors import SettingsError
from segdb.features.rfm import GRID

# Of every sign.
TRUE = dict.fromkeys(range(99), 1.0)
# As playbooks were before their sentences had claims.
OLDER = """
[[orders]]
name = "Best"
tier = "premium"
place = { r = 5, f = 5, m = 5 }
action = "Keep them."
reason = "They are good."

[[attributes]]
tier = "premium"
above = 0.5
action = "Call them."
reason = "They lie high."

[[attributes]]
tier = "low engagement"
action = "Write to them."
reason = "They lie low."
"""


def test_a_playbook_of_the_older_form_is_what_it_was() -> None:
    playbook = read(OLDER, "older.toml")
    (best,) = playbook.personas
    assert (best.tier, best.when, best.holds({})) == ("premium", (), True)
    assert playbook.by_place
    assert [playbook.standing(place).tier for place in (0.6, 0.5)] == ["premium", "low engagement"]
    # What customers bring changes nothing of it.
    assert playbook.standing(0.6, "regular").tier == "premium"


def test_the_field_s_names_are_there() -> None:
    names = {persona.name for persona in load().personas}
    in_grid = {name for row in GRID.values() for name in row}
    plural = {"Champion": "Champions", "Potential Loyalist": "Potential Loyalists"}
    assert {plural.get(name, name) for name in in_grid} | {"Lost"} <= names


def test_every_persona_says_what_to_do_and_why() -> None:
    for persona in load().personas:
        assert persona.action.endswith(".")
        assert persona.reason.endswith(".")
        assert persona.tier is None
        assert all(1 <= score <= 5 for score in persona.place.values())


def test_what_to_do_goes_by_what_they_bring() -> None:
    playbook = load()
    standings = [playbook.standing(0.0, tier) for tier in (*TIERS, None)]
    assert [standing.tier for standing in standings] == [*TIERS, None]
    assert len({standing.action for standing in standings}) == 4
    # Of how high their other features are nothing follows.
    assert playbook.standing(9.0, None) == playbook.standing(-9.0, None)


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
        ({"kidhome": 0.8, "teenhome": -0.8, "mnt wines": -0.9}, "Nothing in the data says"),
        ({"age": 2.0, "outcome": 2.0, "dewebbing": 2.0}, "Nothing in the data says"),
        ({}, "Nothing in the data says"),
    ],
)
def test_what_to_do_follows_what_stands_out(places: dict[str, float], reason: str) -> None:
    playbook = load()
    found = playbook.advice(playbook.standing(0.0), places, 0.35, TRUE)
    assert reason in found.reason
    assert found.tier is None


def test_a_sign_that_is_not_true_of_two_thirds_is_not_said() -> None:
    playbook = load()
    standing, places = playbook.standing(0.0), {"annual income": 1.0, "spending score": 0.9}
    both = next(place for place, sign in enumerate(playbook.signs) if len(sign.high) == 2)
    for share, said in ((0.66, False), (0.67, True)):
        found = playbook.advice(standing, places, 0.35, {both: share})
        assert (found.reason == playbook.signs[both].reason) is said


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
    playbook = load()
    places = {means: 1.0, spending: -1.0}
    found = playbook.advice(playbook.standing(0.0), places, 0.35, TRUE)
    assert found.reason.startswith("They have more than others and spend less")


def test_a_playbook_without_signs_goes_by_the_standing(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN.read_text("utf-8").partition("[words]")[0], "utf-8")
    own = load(path)
    places = {"income": 1.0, "spending": 1.0}
    assert own.advice(own.standing(0.0), places, 0.35, TRUE) == own.standing(0.0)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('high = ["offers"]', 'high = ["offer"]', "'offer', which is not in [words]. Did you mean"),
        ('high = ["offers"]', "", "has neither high nor low"),
        ('tier = "premium"', 'tier = "vip"', "vip"),
        ("place = { r = 4.7", "place = { x = 4.7", "Champions"),
        ("[[attributes]]", "[[others]]", "attributes"),
        (
            'when = ["lately", "often", "much"]',
            'when = ["oftn"]',
            "'oftn', which is not in [traits]",
        ),
        ('when = ["lately", "often", "much"]', 'when = "often"', "takes a list of traits"),
        ("least = 0.7", "least = 70", "the least share of At Risk is above 0 and at most 1"),
        ('once = ["frequency <= 1"]', 'once = ["frequency = 1"]', "is no comparison such as"),
        ('once = ["frequency <= 1"]', "once = []", "a trait has no comparison"),
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

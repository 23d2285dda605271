"""The playbook: the one that ships is whole, and a broken one says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdb.errors import SettingsError
from segdb.features.rfm import GRID
from segdb.playbook import OWN, TIERS, load


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
    ("old", "new", "told"),
    [
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

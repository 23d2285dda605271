"""Personas: when their claims hold, and when one wins."""

from __future__ import annotations

import pytest

from segdb.config.personas import MOST, Persona

NEW = Persona(
    "New", {"r": 5.0}, "Do.", "Why.", when=("late",), wins={"tenure_days": -2.0, "a": 1.0}
)


@pytest.mark.parametrize(
    ("shares", "holds"), [({("late",): MOST}, True), ({("late",): 0.6666}, False), ({}, False)]
)
def test_a_claim_holds_from_two_thirds_on(
    shares: dict[tuple[str, ...], float], holds: bool
) -> None:
    assert NEW.holds(shares) is holds


@pytest.mark.parametrize(
    ("z", "dominance"),
    [
        ({"tenure_days": -4.0}, 4.0),
        ({"tenure_days": -2.0}, 2.0),
        ({"tenure_days": -1.9}, 0.0),
        ({"tenure_days": 4.0}, 0.0),
        ({"a": 1.5, "tenure_days": -3.0}, 3.0),
        ({"b": 9.0}, 0.0),
    ],
)
def test_a_trait_dominates_beyond_its_limit(z: dict[str, float], dominance: float) -> None:
    assert NEW.dominance(z) == dominance

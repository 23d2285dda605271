"""The playbook: personas, their places, and what to do with them; data that a user can replace."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segdb.errors import SettingsError

OWN = Path(__file__).parent / "playbook.toml"
TIERS = ("premium", "regular", "low engagement")
AXES = frozenset("rfmto")


@dataclass(frozen=True)
class Persona:
    """A persona of customers with orders.

    Attributes:
        name: what the segment is called.
        tier: one of ``TIERS``.
        place: mean scores, 1 to 5, by axis: r, f, m, t for tenure, and o for overdue.
        action: what to do.
        reason: why.
    """

    name: str
    tier: str
    place: Mapping[str, float]
    action: str
    reason: str


@dataclass(frozen=True)
class Standing:
    """What to do with a segment of attributes alone, by its mean place over the features.

    Attributes:
        tier: one of ``TIERS``.
        above: the least mean place, in standard deviations of that mean over all customers.
        action: what to do.
        reason: why.
    """

    tier: str
    above: float
    action: str
    reason: str


@dataclass(frozen=True)
class Playbook:
    """The personas of orders, and the standings of attributes from the highest down."""

    personas: tuple[Persona, ...]
    standings: tuple[Standing, ...]

    def standing(self, place: float) -> Standing:
        """Return the standing of a mean place; the last one takes the rest."""
        return next((s for s in self.standings if place > s.above), self.standings[-1])


def load(path: Path = OWN) -> Playbook:
    """Read a playbook.

    Raises:
        SettingsError: the file is missing, is no TOML, or lacks something.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8"))
        personas = tuple(_persona(entry) for entry in values["orders"])
        standings = tuple(
            Standing(_tier(e), float(e.get("above", "-inf")), e["action"], e["reason"])
            for e in values["attributes"]
        )
    except FileNotFoundError:
        raise SettingsError(f"[personas] playbook: there is no file {path}.") from None
    except KeyError as error:
        raise SettingsError(f"[personas] playbook {path}: {error} is missing.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise SettingsError(f"[personas] playbook {path}: {error}.") from None
    if not personas or not standings:
        raise SettingsError(f"[personas] playbook {path}: it needs orders and attributes.")
    return Playbook(personas, tuple(sorted(standings, key=lambda s: -s.above)))


def _persona(entry: Mapping[str, Any]) -> Persona:
    place = {axis: float(score) for axis, score in entry["place"].items()}
    if not place or not set(place) <= AXES:
        raise ValueError(f"the place of {entry['name']} takes r, f, m, t and o, each from 1 to 5")
    return Persona(entry["name"], _tier(entry), place, entry["action"], entry["reason"])


def _tier(entry: Mapping[str, Any]) -> str:
    tier = str(entry["tier"])
    if tier not in TIERS:
        raise ValueError(f"the tier '{tier}' is not one of {', '.join(TIERS)}")
    return tier

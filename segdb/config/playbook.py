"""The playbook: personas, their places, and what to do with them; data that a user can replace."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from segdb.errors import SettingsError, nearest

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
class Tier:
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
class AdviceRule:
    """What to do with a segment of attributes where some of them stand out.

    Attributes:
        high: beginnings of words, one tuple a subject; the features about each lie above the mean.
        low: likewise; they lie below it.
        action: what to do.
        reason: why.
    """

    high: tuple[tuple[str, ...], ...]
    low: tuple[tuple[str, ...], ...]
    action: str
    reason: str

    def fits(self, places: Mapping[str, float], far: float) -> bool:
        """Whether all of it holds.

        Args:
            places: of each feature's name in words, the distance from the mean in standard
                deviations.
            far: from this distance on a subject stands out.
        """
        above = all(_about(words, places) >= far for words in self.high)
        return above and all(_about(words, places) <= -far for words in self.low)


@dataclass(frozen=True)
class Playbook:
    """The personas of orders; of attributes the standings from the highest down, and the signs."""

    personas: tuple[Persona, ...]
    standings: tuple[Tier, ...]
    signs: tuple[AdviceRule, ...] = ()

    def standing(self, place: float) -> Tier:
        """Return the standing of a mean place; the last one takes the rest."""
        return next((s for s in self.standings if place > s.above), self.standings[-1])

    def advice(self, place: float, places: Mapping[str, float], far: float) -> Tier:
        """Return the standing of a mean place, with what the first sign that fits says to do.

        Args:
            place: the mean place.
            places: of each feature's name in words, the distance from the mean in standard
                deviations.
            far: from this distance on a subject stands out.
        """
        own = self.standing(place)
        sign = next((sign for sign in self.signs if sign.fits(places, far)), None)
        return replace(own, action=sign.action, reason=sign.reason) if sign else own


def text_of(path: str | Path | None) -> str | None:
    """Read the text of a playbook; None of none.

    Raises:
        SettingsError: the file is missing or cannot be read.
    """
    if path is None:
        return None
    try:
        return Path(path).read_text("utf-8")
    except FileNotFoundError:
        raise SettingsError(f"[personas] playbook: there is no file {path}.") from None
    except OSError as error:
        raise SettingsError(f"[personas] playbook {path}: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"[personas] playbook {path}: {error}.") from None


def playbook_of(text: str | None) -> Playbook:
    """Return the playbook of a run; segdb's own where there is none.

    Raises:
        SettingsError: it is no TOML, or lacks something.
    """
    return load() if text is None else read(text, "of the run")


def load(path: Path = OWN) -> Playbook:
    """Read a playbook.

    Raises:
        SettingsError: the file is missing, is no TOML, or lacks something.
    """
    return read(text_of(path) or "", str(path))


def read(text: str, path: str) -> Playbook:
    """Return the playbook of a TOML text.

    Args:
        text: of the playbook.
        path: where it is from, for messages.

    Raises:
        SettingsError: it is no TOML, or lacks something.
    """
    try:
        values = tomllib.loads(text)
        personas = tuple(_persona(entry) for entry in values["orders"])
        standings = tuple(
            Tier(_tier(e), float(e.get("above", "-inf")), e["action"], e["reason"])
            for e in values["attributes"]
        )
        words = {name: tuple(one) for name, one in values.get("words", {}).items()}
        signs = tuple(_sign(entry, words) for entry in values.get("signs", ()))
    except KeyError as error:
        raise SettingsError(f"[personas] playbook {path}: {error} is missing.") from None
    except ValueError as error:  # of TOML as well
        raise SettingsError(f"[personas] playbook {path}: {error}.") from None
    except (TypeError, AttributeError, RecursionError):
        raise SettingsError(
            f"[personas] playbook {path}: it is not laid out as segdb/playbook.toml is."
        ) from None
    if not personas or not standings:
        raise SettingsError(f"[personas] playbook {path}: it needs orders and attributes.")
    return Playbook(personas, tuple(sorted(standings, key=lambda s: -s.above)), signs)


def _persona(entry: Mapping[str, Any]) -> Persona:
    place = {axis: float(score) for axis, score in entry["place"].items()}
    if not place or not set(place) <= AXES:
        raise ValueError(f"the place of {entry['name']} takes r, f, m, t and o, each from 1 to 5")
    return Persona(entry["name"], _tier(entry), place, entry["action"], entry["reason"])


def _sign(entry: Mapping[str, Any], words: Mapping[str, tuple[str, ...]]) -> AdviceRule:
    asked = [*entry.get("high", ()), *entry.get("low", ())]
    for name in asked:
        if name not in words:
            meant = nearest(name, words).rstrip(".")
            raise ValueError(f"a sign asks for '{name}', which is not in [words].{meant}")
    if not asked:
        raise ValueError(f"the sign '{entry['action']}' has neither high nor low")
    high, low = (tuple(words[name] for name in entry.get(end, ())) for end in ("high", "low"))
    return AdviceRule(high, low, entry["action"], entry["reason"])


def _about(words: tuple[str, ...], places: Mapping[str, float]) -> float:
    """Return the mean place of the features with a word that begins so; 0 without any."""
    own = [
        place for name, place in places.items() if any(w.startswith(words) for w in name.split())
    ]
    return sum(own) / len(own) if own else 0.0


def _tier(entry: Mapping[str, Any]) -> str:
    tier = str(entry["tier"])
    if tier not in TIERS:
        raise ValueError(f"the tier '{tier}' is not one of {', '.join(TIERS)}")
    return tier

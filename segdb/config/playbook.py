"""The playbook: personas, their places, and what to do with them; data that a user can replace."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from segdb.config.personas import AXES, MOST, OTHERWISE, TIERS, AdviceRule, Persona, Playbook, Tier
from segdb.config.traits import Trait, names_of, trait_of
from segdb.errors import SettingsError, nearest

OWN = Path(__file__).parent / "playbook.toml"


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
        traits = {name: trait_of(texts) for name, texts in values.get("traits", {}).items()}
        playbook = Playbook(
            personas=tuple(_persona(entry, traits) for entry in values["orders"]),
            standings=_standings(values["attributes"]),
            signs=_signs(values),
            traits=traits,
            otherwise=_otherwise(values.get("otherwise", {})),
        )
    except KeyError as error:
        raise SettingsError(f"[personas] playbook {path}: {error} is missing.") from None
    except ValueError as error:  # of TOML as well
        raise SettingsError(f"[personas] playbook {path}: {error}.") from None
    except (TypeError, AttributeError, RecursionError):
        raise SettingsError(
            f"[personas] playbook {path}: it is not laid out as segdb/playbook.toml is."
        ) from None
    if not playbook.personas or not playbook.standings:
        raise SettingsError(f"[personas] playbook {path}: it needs orders and attributes.")
    return playbook


def _persona(entry: Mapping[str, Any], traits: Mapping[str, Trait]) -> Persona:
    name = entry["name"]
    place = {axis: float(score) for axis, score in entry["place"].items()}
    if not place or not set(place) <= AXES:
        raise ValueError(f"the place of {name} takes r, f, m, t, o and a, each from 1 to 5")
    least = float(entry.get("least", MOST))
    if not 0.0 < least <= 1.0:
        raise ValueError(f"the least share of {name} is above 0 and at most 1, not {least:g}")
    return Persona(
        name=name,
        place=place,
        action=entry["action"],
        reason=entry["reason"],
        tier=_tier(entry),
        when=names_of(entry.get("when", []), traits, name),
        least=least,
        wins={feature: float(limit) for feature, limit in entry.get("wins", {}).items()},
    )


def _otherwise(entry: Mapping[str, Any]) -> Persona:
    own = OTHERWISE
    return replace(
        own,
        name=entry.get("name", own.name),
        action=entry.get("action", own.action),
        reason=entry.get("reason", own.reason),
    )


def _standings(entries: list[Mapping[str, Any]]) -> tuple[Tier, ...]:
    """Return what to do by tier; of older playbooks, by mean places from the highest down."""
    by_place = any("above" in entry for entry in entries)
    standings = [
        Tier(
            _tier(entry),
            float(entry.get("above", "-inf")) if by_place else None,
            entry["action"],
            entry["reason"],
        )
        for entry in entries
    ]
    if by_place:
        standings.sort(key=lambda standing: -(standing.above or 0.0))
    return tuple(standings)


def _signs(values: Mapping[str, Any]) -> tuple[AdviceRule, ...]:
    words = {name: tuple(beginnings) for name, beginnings in values.get("words", {}).items()}
    return tuple(_sign(entry, words) for entry in values.get("signs", ()))


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


def _tier(entry: Mapping[str, Any]) -> str | None:
    tier = entry.get("tier")
    if tier is not None and tier not in TIERS:
        raise ValueError(f"the tier '{tier}' is not one of {', '.join(TIERS)}")
    return tier

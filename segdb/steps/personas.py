"""Personas: names, tiers, risks, actions and words for the segments, from their own profiles."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segdb.cluster.personas import AGAIN, distance, match_places
from segdb.features.catalogue import REGISTRY
from segdb.playbook import Persona, Playbook

# Beyond these mean distances from the average, in standard deviations, a feature is remarkable.
REMARKABLE, EXTREME = 0.35, 1.25
MEDIUM_RISK, HIGH_RISK = 0.3, 0.6

_PHRASES: Mapping[str, str] = {
    "monetary": "spends {mean} (all customers: {average})",
    "average_order_value": "{mean} an order (all customers: {average})",
    "tenure_days": "first order {mean} days ago (all customers: {average})",
    "days_between_orders": "orders every {mean} days (all customers: {average})",
    "items_per_order": "{mean} items an order (all customers: {average})",
    "categories": "buys from {mean} categories (all customers: {average})",
    "return_rate": "returns {mean} of what it buys (all customers: {average})",
    "active_months": "active in {mean} months (all customers: {average})",
}


@dataclass(frozen=True)
class Profile:
    """What naming looks at, of one segment.

    Attributes:
        means: mean of each feature, natural units.
        z: mean's distance from all customers' mean, in their standard deviations, by feature.
        scores: mean scores by axis (r, f, m, t); empty without orders.
        overdue: share of customers silent for over twice their rhythm; None without orders.
    """

    means: Mapping[str, float]
    z: Mapping[str, float]
    scores: Mapping[str, float]
    overdue: float | None


@dataclass(frozen=True)
class Character:
    """What a segment is called and what to do with it."""

    name: str
    tier: str
    summary: str
    churn_risk: str | None
    overdue: float | None
    action: str
    reason: str


def personas(
    profiles: Sequence[Profile],
    kept: Sequence[str | None],
    overall: Mapping[str, float],
    matrix: Sequence[str],
    playbook: Playbook,
    currency: str,
) -> tuple[Character, ...]:
    """Name the segments and say what to do with each.

    Args:
        profiles: one a segment, in the order of the segments.
        kept: the name that a segment has from the last run; None for a new one.
        overall: all customers' mean of each feature, natural units.
        matrix: the features that made the segments.
        playbook: names and actions.
        currency: put before amounts.
    """
    named = _of_orders(profiles, kept, playbook)
    named = named or _of_attributes(profiles, kept, matrix, playbook)
    return tuple(
        Character(
            name=name,
            tier=tier,
            summary=summary(profile, overall, currency),
            churn_risk=risk(profile.overdue),
            overdue=profile.overdue,
            action=action,
            reason=reason,
        )
        for profile, (name, tier, action, reason) in zip(profiles, named, strict=True)
    )


def risk(overdue: float | None) -> str | None:
    """Return low, medium or high churn risk for a share of overdue customers."""
    if overdue is None:
        return None
    return "high" if overdue >= HIGH_RISK else "medium" if overdue >= MEDIUM_RISK else "low"


def summary(profile: Profile, overall: Mapping[str, float], currency: str) -> str:
    """Say in words what sets a segment apart: its three most remarkable features."""
    ranked = sorted(profile.z, key=lambda name: (-abs(profile.z[name]), name))
    told = [
        phrase(name, profile.means[name], overall[name], currency)
        for name in ranked[:3]
        if abs(profile.z[name]) >= REMARKABLE
    ]
    text = "; ".join(told) or "close to the average customer in everything"
    return text[0].upper() + text[1:] + "."


def phrase(name: str, mean: float, average: float, currency: str) -> str:
    """Say how a mean compares with all customers' mean, in natural units."""
    unit = REGISTRY[name].unit if name in REGISTRY else ""
    times = mean / average if average else None
    if name == "recency_days":
        return f"last order {mean:,.0f} days ago (all customers: {average:,.0f})"
    if name == "frequency" and times is not None:
        return f"orders {_times(times)} the average customer ({mean:,.1f} orders)"
    if name in _PHRASES:
        return _PHRASES[name].format(
            mean=_amount(unit, mean, currency), average=_amount(unit, average, currency)
        )
    return (
        f"{readable(name)} {_amount(unit, mean, currency)} "
        f"(all customers: {_amount(unit, average, currency)})"
    )


def readable(feature: str) -> str:
    """Turn a feature's name into words: no brackets, underscores, or camel case."""
    text = re.sub(r"\([^)]*\)", " ", feature)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).replace("_", " ")
    return re.sub(r"\s+", " ", text).strip().lower() or feature


def _of_orders(
    profiles: Sequence[Profile], kept: Sequence[str | None], playbook: Playbook
) -> list[tuple[str, str, str, str]]:
    if not all(profile.scores for profile in profiles):
        return []
    by_name = {persona.name: persona for persona in playbook.personas}
    # A kept name is not given to another segment.
    found: list[Persona | None] = [by_name.get(name or "") for name in kept]
    free = [p for p in playbook.personas if p not in found] or list(playbook.personas)
    open_places = [place for place, persona in enumerate(found) if persona is None]
    chosen = match_places(
        [profiles[place].scores for place in open_places], [persona.place for persona in free]
    )
    for place, choice in zip(open_places, chosen, strict=True):
        found[place] = free[choice]
    names = _unique([p.name if p else "" for p in found], kept)
    fitting = [
        _fitting(persona, profile, playbook) if own else persona
        for persona, profile, own in zip(found, profiles, kept, strict=True)
        if persona
    ]
    return [(n, p.tier, p.action, p.reason) for n, p in zip(names, fitting, strict=True)]


def _fitting(persona: Persona, profile: Profile, playbook: Playbook) -> Persona:
    """Return whose advice a kept name needs: its own, or that of what it has become."""
    nearest = min(playbook.personas, key=lambda one: distance(profile.scores, one.place))
    outgrown = distance(profile.scores, persona.place) - distance(profile.scores, nearest.place)
    return nearest if outgrown > AGAIN else persona


def _of_attributes(
    profiles: Sequence[Profile],
    kept: Sequence[str | None],
    matrix: Sequence[str],
    playbook: Playbook,
) -> list[tuple[str, str, str, str]]:
    names = _unique([_described(profile, matrix) for profile in profiles], kept)
    named = []
    for name, profile in zip(names, profiles, strict=True):
        standing = playbook.standing(sum(profile.z[f] for f in matrix) / len(matrix))
        named.append((name, standing.tier, standing.action, standing.reason))
    return named


def _described(profile: Profile, matrix: Sequence[str]) -> str:
    levels = (
        (EXTREME, "very high"),
        (REMARKABLE, "high"),
        (-REMARKABLE, "average"),
        (-EXTREME, "low"),
        (float("-inf"), "very low"),
    )
    ranked = sorted(matrix, key=lambda name: -abs(profile.z[name]))[:2]
    words = []
    for name in sorted(ranked, key=list(matrix).index):
        level = next(word for limit, word in levels if profile.z[name] > limit)
        words.append(f"{level} {readable(name)}")
    text = ", ".join(words)
    return text[0].upper() + text[1:]


def _unique(names: Sequence[str], kept: Sequence[str | None]) -> list[str]:
    """Return the kept names as they are, and the others made different from them and each other."""
    taken = {name for name in kept if name}
    unique = []
    for name, own in zip(names, kept, strict=True):
        candidate, number = own or name, 2
        while own is None and candidate in taken:
            candidate, number = f"{name} {number}", number + 1
        taken.add(candidate)
        unique.append(candidate)
    return unique


def score(value: float, quantiles: Sequence[float]) -> float:
    """Place a value between 1 and 5 by the quintile edges of all customers."""
    return 1.0 + bisect_right(list(quantiles), value) * 4.0 / len(quantiles)


def _times(times: float) -> str:
    if 0.85 <= times <= 1.15:
        return "as often as"
    return f"{times:.1f} times as often as" if times >= 0.1 else "hardly as often as"


def _amount(unit: str, value: float, currency: str) -> str:
    if unit == "currency":
        return f"{currency}{value:,.0f}" if abs(value) >= 100 else f"{currency}{value:,.2f}"
    if unit == "share":
        return f"{value:.0%}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"

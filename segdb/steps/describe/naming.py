"""Naming: names, tiers, risks and actions for the segments, from their own profiles."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segdb.cluster.match_personas import AGAIN, distance, match_places
from segdb.config.playbook import Persona, Playbook
from segdb.steps.describe.summary_text import (
    REMARKABLE,
    Categories,
    labelled,
    readable,
    remarkable,
    summary,
    tendency,
)

# From this mean distance from the average on, in standard deviations, "high" is "very high".
EXTREME = 1.25
# Two segments of one persona that differ by less in everything are distinguished by numbers.
_APART = 0.1
MEDIUM_RISK, HIGH_RISK = 0.3, 0.6
# What fewer customers of a segment are known to be says nothing about it, and too much about them.
FEWEST = 5


@dataclass(frozen=True)
class Profile:
    """What naming looks at, of one segment.

    Attributes:
        means: mean of each feature, natural units; all customers' where too few have it.
        z: mean's distance from all customers' mean, in their standard deviations, by feature.
        scores: mean scores by axis (r, f, m, t); empty without orders.
        overdue: share of customers with no order for over twice their mean gap; None without
            orders.
        standing: mean place over the features of the matrix, in standard deviations of that mean
            over all customers.
    """

    means: Mapping[str, float]
    z: Mapping[str, float]
    scores: Mapping[str, float]
    overdue: float | None
    standing: float = 0.0

    @property
    def place(self) -> Mapping[str, float]:
        """What is compared with the places of the playbook: the scores, and o from 1 to 5."""
        if self.overdue is None or not self.scores:
            return self.scores
        return {**self.scores, "o": 1.0 + 4.0 * self.overdue}


@dataclass(frozen=True)
class SegmentDescription:
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
    categories: Categories,
) -> tuple[SegmentDescription, ...]:
    """Name the segments and say what to do with each.

    Args:
        profiles: one a segment, in the order of the segments.
        kept: the name that a segment has from the last run; None for a new one.
        overall: all customers' mean of each feature, natural units.
        matrix: the features that made the segments.
        playbook: names and actions.
        categories: of each 0/1 feature of a category, its column and value.
    """
    named = _of_orders(profiles, kept, playbook, categories)
    named = named or _of_attributes(profiles, kept, matrix, playbook, categories)
    return tuple(
        SegmentDescription(
            name=name,
            tier=tier,
            summary=summary(profile.means, profile.z, overall, categories),
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


def _of_orders(
    profiles: Sequence[Profile],
    kept: Sequence[str | None],
    playbook: Playbook,
    categories: Categories,
) -> list[tuple[str, str, str, str]]:
    if not all(profile.scores for profile in profiles):
        return []
    # A kept name brings its own advice, and is not given to another segment.
    matched: list[Persona | None] = [_persona_of(name, playbook) for name in kept]
    free = [p for p in playbook.personas if p.name not in kept] or list(playbook.personas)
    open_places = [place for place, persona in enumerate(matched) if persona is None]
    chosen = match_places(
        [profiles[place].place for place in open_places], [persona.place for persona in free]
    )
    for place, choice in zip(open_places, chosen, strict=True):
        matched[place] = free[choice]
    personas = [persona for persona in matched if persona]
    names = _unique(_distinguished(profiles, personas, kept, categories), kept)
    fitting = [
        _fitting(persona, profile, playbook) if kept_name else persona
        for persona, profile, kept_name in zip(personas, profiles, kept, strict=True)
    ]
    return [(n, p.tier, p.action, p.reason) for n, p in zip(names, fitting, strict=True)]


def _fitting(persona: Persona, profile: Profile, playbook: Playbook) -> Persona:
    """Return whose advice a kept name needs: its own, or that of what it has become."""
    nearest = min(playbook.personas, key=lambda candidate: distance(profile.place, candidate.place))
    outgrown = distance(profile.place, persona.place) - distance(profile.place, nearest.place)
    return nearest if outgrown > AGAIN else persona


def _persona_of(name: str | None, playbook: Playbook) -> Persona | None:
    """Return the persona of a name, which may say more than that: "Lost, smaller orders"."""
    plain = re.sub(r"(, .*| \d+)$", "", name or "")
    return next((p for p in playbook.personas if p.name in {name, plain}), None)


def _distinguished(
    profiles: Sequence[Profile],
    matched: Sequence[Persona],
    kept: Sequence[str | None],
    categories: Categories,
) -> list[str]:
    """Return the personas' names; of several with one, all but one say how they differ from it.

    That one has kept the name from the last run, or fits it best.
    """
    names = [persona.name for persona in matched]
    for persona in {persona.name: persona for persona in matched}.values():
        places = [place for place, candidate in enumerate(matched) if candidate is persona]
        first = min(
            places,
            key=lambda place: (
                kept[place] != persona.name,
                distance(profiles[place].place, persona.place),
            ),
        )
        for place in places:
            apart = {n: z - profiles[first].z[n] for n, z in profiles[place].z.items()}
            most = max(apart, key=lambda name: (abs(apart[name]), name))
            if abs(apart[most]) >= _APART:
                how = tendency(most, categories, more=apart[most] > 0)
                names[place] = f"{persona.name}, {how}"
    return names


def _of_attributes(
    profiles: Sequence[Profile],
    kept: Sequence[str | None],
    matrix: Sequence[str],
    playbook: Playbook,
    categories: Categories,
) -> list[tuple[str, str, str, str]]:
    described = [_described(profile, matrix, categories) for profile in profiles]
    names = _unique(described, kept)
    advice = []
    for profile in profiles:
        places = {readable(n): profile.z[n] for n in matrix if n not in categories}
        advice.append(playbook.advice(profile.standing, places, REMARKABLE))
    often = Counter(entry.action for entry in advice)
    named = []
    for name, words, entry in zip(names, described, advice, strict=True):
        apart = f" What sets them apart: {words[0].lower()}{words[1:]}."
        label = entry.action + apart * (often[entry.action] > 1)
        named.append((name, entry.tier, label, entry.reason))
    return named


def _described(profile: Profile, matrix: Sequence[str], categories: Categories) -> str:
    """Name the two features that are farthest from the average, in the order of the matrix.

    Of categories only a value that most of the segment has counts, such as "gender Female".
    """
    levels = (
        (EXTREME, "very high"),
        (REMARKABLE, "high"),
        (-REMARKABLE, "average"),
        (-EXTREME, "low"),
        (float("-inf"), "very low"),
    )
    shown = remarkable(profile.z, categories)
    most = [name for name in shown if name in categories and profile.means[name] > 0.5]
    # Beside a category nothing has to be said of what is average.
    numbers = [n for n in matrix if n not in categories and (not most or n in shown)]
    order = [*numbers, *most]
    ranked = sorted(order, key=lambda name: -abs(profile.z[name]))[:2]
    words = []
    for name in sorted(ranked, key=order.index):
        if name in categories:
            words.append(labelled(categories[name]))
            continue
        level = next(word for limit, word in levels if profile.z[name] > limit)
        words.append(f"{level} {readable(name)}")
    text = ", ".join(words) or "mixed"
    return text[0].upper() + text[1:]


def _unique(names: Sequence[str], kept: Sequence[str | None]) -> list[str]:
    """Return the kept names as they are, and the others made different from them and each other."""
    used = {name for name in kept if name}
    unique = []
    for name, kept_name in zip(names, kept, strict=True):
        candidate, number = kept_name or name, 2
        while kept_name is None and candidate in used:
            candidate, number = f"{name} {number}", number + 1
        used.add(candidate)
        unique.append(candidate)
    return unique


def score(value: float, quantiles: Sequence[float]) -> float:
    """Place a value between 1 and 5 by the quintile edges of all customers."""
    return 1.0 + bisect_right(list(quantiles), value) * 4.0 / len(quantiles)

"""Order names: personas for segments of customers with orders."""

from __future__ import annotations

import re
from collections.abc import Sequence

from segdb.cluster.match_personas import AGAIN, distance, match_places
from segdb.config.personas import Persona, Playbook
from segdb.formats.phrases import capitalized
from segdb.steps.describe.profile import AllCustomers, Named, Profile, unique
from segdb.steps.describe.summary_text import remarkable
from segdb.steps.describe.wording import labelled, tendency

# A place that is not taken, whatever the others cost, and one that is taken before all others.
_NEVER, _FIRST = 1e4, -1e2
# Two segments of one persona that differ by less in everything are distinguished by numbers.
_APART = 0.1
# Of what sets a segment apart, its name says no more.
_MOST_WORDS = 2


def of_orders(
    profiles: Sequence[Profile],
    kept: Sequence[str | None],
    customers: AllCustomers,
    playbook: Playbook,
) -> list[Named]:
    """Give each segment a persona whose claims are true of its members, or what sets it apart.

    Args:
        profiles: one a segment.
        kept: the name that a segment has from the last run; None for a new one.
        customers: all of them.
        playbook: the personas.
    """
    # A kept name is not given to another segment.
    pairs = zip(kept, profiles, strict=True)
    matched = [_persona_of(name, profile, playbook) for name, profile in pairs]
    free = [p for p in playbook.personas if p.name not in kept] or list(playbook.personas)
    open_places = [place for place, persona in enumerate(matched) if persona is None]
    for place, persona in zip(
        open_places, _chosen([profiles[p] for p in open_places], free, playbook), strict=True
    ):
        matched[place] = persona
    personas = [persona or playbook.otherwise for persona in matched]
    names = unique(_distinguished(profiles, personas, kept, customers, playbook), kept)
    named = []
    for name, persona, profile, kept_name in zip(names, personas, profiles, kept, strict=True):
        advice = _fitting(persona, profile, playbook) if kept_name else persona
        outgrown = bool(kept_name) and not persona.holds(profile.members.traits)
        named.append(Named(name, advice.action, advice.reason, advice.tier, outgrown))
    return named


def _chosen(
    profiles: Sequence[Profile], free: Sequence[Persona], playbook: Playbook
) -> list[Persona]:
    """Return for each segment the persona that fits of those whose claims are true."""
    offsets = [[_offset(persona, profile) for persona in free] for profile in profiles]
    places = match_places(
        [profile.place for profile in profiles], [persona.place for persona in free], offsets
    )
    return [
        free[choice] if free[choice].holds(profile.members.traits) else playbook.otherwise
        for choice, profile in zip(places, profiles, strict=True)
    ]


def _offset(persona: Persona, profile: Profile) -> float:
    if not persona.holds(profile.members.traits):
        return _NEVER
    dominance = persona.dominance(profile.z)
    return _FIRST - dominance if dominance else 0.0


def _fitting(persona: Persona, profile: Profile, playbook: Playbook) -> Persona:
    """Return whose advice a kept name needs: its own, or that of what it has become."""
    true = [p for p in playbook.personas if p.holds(profile.members.traits)]
    if not true:
        return playbook.otherwise
    nearest = min(true, key=lambda p: distance(profile.place, p.place) + _offset(p, profile))
    outgrown = distance(profile.place, persona.place) - distance(profile.place, nearest.place)
    return nearest if persona not in true or outgrown > AGAIN else persona


def _persona_of(name: str | None, profile: Profile, playbook: Playbook) -> Persona | None:
    """Return the persona of a name, which may say more than that: "Lost, smaller orders"."""
    plain = re.sub(r"(, .*| \d+)$", "", name or "")
    same = [p for p in playbook.personas if p.name in {name, plain}]
    true = [p for p in same if p.holds(profile.members.traits)]
    return next(iter([*true, *same]), None)


def _distinguished(
    profiles: Sequence[Profile],
    matched: Sequence[Persona],
    kept: Sequence[str | None],
    customers: AllCustomers,
    playbook: Playbook,
) -> list[str]:
    """Return the personas' names; of several with one, all but one say how they differ from it.

    That one has kept the name from the last run, or fits it best.
    """
    names = [persona.name for persona in matched]
    for shared in dict.fromkeys(names):
        places = [place for place, name in enumerate(names) if name == shared]
        if matched[places[0]] is playbook.otherwise:
            for place in places:
                names[place] = _apart_from_all(profiles[place], customers) or shared
            continue
        first = min(
            places,
            key=lambda p: (kept[p] != shared, distance(profiles[p].place, matched[p].place)),
        )
        for place in places:
            how = _difference(profiles[place], profiles[first], customers)
            if place != first and how:
                names[place] = f"{shared}, {how}"
    return names


def _difference(profile: Profile, first: Profile, customers: AllCustomers) -> str:
    """Say in what a segment differs most from another: three quarters lie beyond its median."""
    apart = {name: z - first.z[name] for name, z in profile.z.items() if name in first.z}
    for name in sorted(apart, key=lambda name: (-abs(apart[name]), name)):
        more = apart[name] > 0
        if abs(apart[name]) < _APART:
            break
        if name in customers.categories:
            share = profile.means[name] - first.means[name]
            return f"{'more' if share > 0 else 'less'} {labelled(customers.categories[name])}"
        if name not in profile.quartiles or name not in first.quartiles:
            continue
        low, _, high = profile.quartiles[name]
        middle = first.quartiles[name][1]
        if low > middle if more else high < middle:
            return tendency(name, more=more)
    return ""


def _apart_from_all(profile: Profile, customers: AllCustomers) -> str:
    """Name a segment by what sets two thirds of its members apart from all customers."""
    words = []
    for name in remarkable(profile.z, customers.categories):
        more = profile.z[name] > 0
        if profile.lies(name, "above" if more else "below"):
            words.append(tendency(name, more=more))
    return capitalized(", ".join(words[:_MOST_WORDS]))

"""Attribute names: what segments made of attributes alone are, and what to do with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from segdb.config.personas import MOST, Playbook
from segdb.formats.phrases import capitalized
from segdb.steps.describe.profile import AllCustomers, Named, Profile, unique
from segdb.steps.describe.summary_text import REMARKABLE, remarkable
from segdb.steps.describe.wording import labelled, readable

# From this mean distance from the average on, in standard deviations, "high" is "very high".
EXTREME = 1.25
# A name has the features that stand out most, and no more.
_MOST_WORDS = 2


def of_attributes(
    profiles: Sequence[Profile],
    kept: Sequence[str | None],
    customers: AllCustomers,
    playbook: Playbook,
    tiers: Sequence[str | None],
) -> list[Named]:
    """Name segments by what two thirds of their members are, and say what to do with each.

    Args:
        profiles: one a segment.
        kept: the name that a segment has from the last run; None for a new one.
        customers: all of them.
        playbook: the advice.
        tiers: by what the customers of each segment bring; None where nothing says it.
    """
    described = [_description(profile, customers) for profile in profiles]
    names = unique(described, kept)
    advice = []
    for profile, tier in zip(profiles, tiers, strict=True):
        numbers = [n for n in customers.matrix if n not in customers.categories]
        places = {readable(name): profile.z[name] for name in numbers}
        standing = playbook.standing(profile.standing, tier)
        advice.append(playbook.advice(standing, places, REMARKABLE, profile.members.signs))
    often = Counter(entry.action for entry in advice)
    named = []
    for name, words, entry, kept_name in zip(names, described, advice, kept, strict=True):
        apart = f" What sets them apart: {words[0].lower()}{words[1:]}."
        action = entry.action + apart * (often[entry.action] > 1)
        outgrown = kept_name is not None and kept_name not in {words, *_numbered(words, kept_name)}
        named.append(Named(name, action, entry.reason, entry.tier, outgrown))
    return named


def _numbered(words: str, name: str) -> list[str]:
    """Return a name that is the words and a number, as of several segments described the same."""
    return [name] if name.startswith(f"{words} ") and name[len(words) + 1 :].isdigit() else []


def _description(profile: Profile, customers: AllCustomers) -> str:
    """Name the two features that stand out most, in the order of the matrix.

    Of categories only a value that two thirds have counts, such as "gender Female", and of a
    number what two thirds are: above or below the median of all customers for "high" and "low",
    beyond the quartiles for "very", and within a standard deviation of the mean for "average".
    """
    shown = remarkable(profile.z, customers.categories)
    values = [n for n in shown if n in customers.categories and profile.means[n] >= MOST]
    words = {name: labelled(customers.categories[name]) for name in values}
    order = [*(n for n in customers.matrix if n not in customers.categories), *values]
    for name in order:
        text = "" if name in words else _level(name, profile, customers)
        # Beside what stands out nothing has to be said of what is average.
        if text:
            words[name] = text
    ranked = sorted(words, key=lambda name: -abs(profile.z[name]))
    if any(name in shown for name in ranked):
        ranked = [name for name in ranked if name in shown]
    chosen = [words[name] for name in sorted(ranked[:_MOST_WORDS], key=order.index)]
    return capitalized(", ".join(chosen) or "mixed")


def _level(name: str, profile: Profile, customers: AllCustomers) -> str:
    """Say what two thirds of the members are by a number; empty where that is not one thing."""
    z, words = profile.z[name], readable(name)
    if name in customers.flags:
        share = profile.means[name]
        return f"{words} yes" if share >= MOST else f"{words} no" if share <= 1.0 - MOST else ""
    if abs(z) < REMARKABLE:
        return f"average {words}" if profile.lies(name, "near") else ""
    side, word = ("above", "high") if z > 0 else ("below", "low")
    if abs(z) >= EXTREME and profile.lies(name, f"far {side}"):
        return f"very {word} {words}"
    return f"{word} {words}" if profile.lies(name, side) else ""

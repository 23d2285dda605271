"""Summary text: what sets a segment apart, in medians and shares with natural units."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from segdb.features.catalogue import REGISTRY
from segdb.formats.phrases import capitalized
from segdb.steps.describe.profile import AllCustomers, Categories, Profile
from segdb.steps.describe.wording import amount, labelled, readable, whole_days

# From this mean distance from the average on, in standard deviations, a feature is remarkable.
REMARKABLE = 0.35
# Where mean and median differ by this factor, one alone would mislead.
_SKEWED = 1.5
_MOST_PHRASES = 3

_PHRASES: Mapping[str, str] = {
    "recency_days": "last order {own} ago (all customers: {usual})",
    "frequency": "{own} (all customers: {usual})",
    "monetary": "spends {own} (all customers: {usual})",
    "average_order_value": "{own} an order (all customers: {usual})",
    "tenure_days": "first order {own} ago (all customers: {usual})",
    "days_between_orders": "orders every {own} (all customers: {usual})",
    "items_per_order": "{own} an order (all customers: {usual})",
    "categories": "buys from {own} (all customers: {usual})",
    "return_rate": "returns {own} of what it buys (all customers: {usual})",
    "active_months": "active in {own} (all customers: {usual})",
}
_AGO = ("recency_days", "tenure_days")


def summary(profile: Profile, customers: AllCustomers) -> str:
    """Say in words what sets a segment apart: its three most remarkable features.

    Numbers are medians, and said to be; the mean stands beside one from which it differs much. Of
    what is 0 or 1 it is the share. A feature whose figures are written alike for the segment and
    for all customers says nothing, nor does one that a third of the members lack.
    """
    medians: list[str] = []
    shares: list[str] = []
    for name in remarkable(profile.z, customers.categories):
        if len(medians) + len(shares) == _MOST_PHRASES:
            break
        if name in customers.categories or name in customers.flags:
            text = _share(name, profile, customers)
            shares += [text] if text else []
        elif name in profile.quartiles and name in customers.medians:
            text = _median(name, profile, customers)
            medians += [text] if text else []
    parts = [f"median values: {'; '.join(medians)}"] if medians else []
    parts += [f"shares: {'; '.join(shares)}"] if shares else []
    return f"{'. '.join(map(capitalized, parts))}." if parts else "On average like all customers."


def remarkable(z: Mapping[str, float], categories: Categories) -> list[str]:
    """Return the remarkable features, most remarkable first; of a category's column only one.

    That is the value that is there more than elsewhere, if one is: "gender Female" says also that
    there are few others.
    """
    chosen: dict[str, str] = {}
    for name, (column, _) in categories.items():
        if name in z and (column not in chosen or z[name] > z[chosen[column]]):
            chosen[column] = name
    far = [
        name
        for name in z
        if abs(z[name]) >= REMARKABLE
        and (name not in categories or chosen[categories[name][0]] == name)
    ]
    return sorted(far, key=lambda name: (-abs(z[name]), name))


def phrase(
    name: str, own: float, usual: float, means: tuple[float | None, float | None] = (None, None)
) -> str:
    """Say how a median compares with all customers' median, in natural units.

    Args:
        name: of the feature.
        own: the segment's median.
        usual: all customers' median.
        means: the two means, where they are to be said as well.
    """
    written, others = (_written(name, pair) for pair in zip((own, usual), means, strict=True))
    if name not in _PHRASES:
        # A name from the data is never part of a format string: it may hold braces.
        return f"{readable(name)} {written} (all customers: {others})"
    return _PHRASES[name].format(own=written, usual=others)


def _written(name: str, pair: tuple[float, float | None]) -> str:
    unit = REGISTRY[name].unit if name in REGISTRY else ""
    median, mean = pair
    text, *rest = [
        whole_days(value) if name in _AGO else amount(unit, value)
        for value in (median, mean)
        if value is not None
    ]
    text = "day" if name == "days_between_orders" and text == "1 day" else text
    return f"{text}, mean {rest[0]}" if rest and rest[0] != text else text


def _median(name: str, profile: Profile, customers: AllCustomers) -> str:
    own, usual = profile.quartiles[name][1], customers.medians[name]
    means = (profile.means[name], customers.means[name])
    # By the gap the quartiles are of those with a rhythm, and the means are not.
    skewed = name != "days_between_orders" and any(
        _far_apart(median, mean) for median, mean in zip((own, usual), means, strict=True)
    )
    shown = means if skewed else (None, None)
    if _written(name, (own, shown[0])) == _written(name, (usual, shown[1])):
        return ""
    return phrase(name, own, usual, shown)


def _far_apart(median: float, mean: float) -> bool:
    low, high = sorted((abs(median), abs(mean)))
    return high > _SKEWED * low or (median < 0.0) != (mean < 0.0)


def _share(name: str, profile: Profile, customers: AllCustomers) -> str:
    own, usual = (f"{means[name]:.0%}" for means in (profile.means, customers.means))
    label = labelled(customers.categories[name]) if name in customers.categories else readable(name)
    return "" if own == usual else f"{own} {label} (all customers: {usual})"


def names_of_flags(names: Collection[str], row: Mapping[str, Any]) -> frozenset[str]:
    """Return the features that are 0 or 1 for every customer.

    Args:
        names: of the features, in the order of their places in the row.
        row: what ``statistics`` gave of all customers: of the same mean, no variable between 0 and
            1 has a variance above mean (1 - mean), and only one of 0 and 1 reaches it.
    """
    flags = set()
    for i, name in enumerate(names):
        least, most, mean, sd = (row[f"{key}_{i}"] for key in ("minimum", "maximum", "mean", "sd"))
        bounded = least == 0 and most == 1 and mean is not None and sd is not None
        if bounded and abs(sd * sd - mean * (1.0 - mean)) < 1e-9:
            flags.add(name)
    return frozenset(flags)

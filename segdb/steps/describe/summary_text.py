"""Summary text: what sets a segment apart, in words with natural units."""

from __future__ import annotations

import re
from collections.abc import Mapping

from segdb.features.catalogue import REGISTRY

# From this mean distance from the average on, in standard deviations, a feature is remarkable.
REMARKABLE = 0.35

_PHRASES: Mapping[str, str] = {
    "recency_days": "last order {mean} ago (all customers: {average})",
    "monetary": "spends {mean} (all customers: {average})",
    "average_order_value": "{mean} an order (all customers: {average})",
    "tenure_days": "first order {mean} ago (all customers: {average})",
    "days_between_orders": "orders every {mean} (all customers: {average})",
    "items_per_order": "{mean} an order (all customers: {average})",
    "categories": "buys from {mean} (all customers: {average})",
    "return_rate": "returns {mean} of what it buys (all customers: {average})",
    "active_months": "active in {mean} (all customers: {average})",
}
_AGO = ("recency_days", "tenure_days")
# What distinguishes two segments of one persona: the words for less, and for more.
_TENDENCIES: Mapping[str, tuple[str, str]] = {
    "recency_days": ("seen later", "seen earlier"),
    "frequency": ("fewer orders", "more orders"),
    "monetary": ("lower spending", "higher spending"),
    "average_order_value": ("smaller orders", "larger orders"),
    "tenure_days": ("joined later", "joined earlier"),
    "days_between_orders": ("closer orders", "orders farther apart"),
    "items_per_order": ("fewer items", "more items"),
    "categories": ("fewer categories", "more categories"),
    "return_rate": ("fewer returns", "more returns"),
    "active_months": ("fewer months", "more months"),
}
_SINGULAR = {"orders": "order", "days": "day", "items": "item", "months": "month"} | {
    "categories": "category"
}


# Of each 0/1 feature of a category, the column and the value that makes it 1.
Categories = Mapping[str, tuple[str, str]]


def summary(
    means: Mapping[str, float],
    z: Mapping[str, float],
    overall: Mapping[str, float],
    categories: Categories,
) -> str:
    """Say in words what sets a segment apart: its three most remarkable features.

    One whose two means are written alike says nothing, however little all customers vary.

    Args:
        means: mean of each feature, natural units.
        z: its distance from all customers' mean, in their standard deviations.
        overall: all customers' means.
        categories: which features are categories.
    """

    def written(name: str, mean: float) -> str:
        if name in categories:
            return shares(categories[name], mean, overall[name])
        return phrase(name, mean, overall[name])

    sentences = [
        written(name, means[name])
        for name in remarkable(z, categories)
        if written(name, means[name]) != written(name, overall[name])
    ]
    text = "; ".join(sentences[:3]) or "close to the average customer in everything"
    return text[0].upper() + text[1:] + "."


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


def shares(category: tuple[str, str], mean: float, average: float) -> str:
    """Say how a share compares with that of all customers."""
    return f"{mean:.0%} {labelled(category)} (all customers: {average:.0%})"


def labelled(category: tuple[str, str]) -> str:
    """Name a value of a category: "gender Female"."""
    column, value = category
    return f"{readable(column)} {value}"


def phrase(name: str, mean: float, average: float) -> str:
    """Say how a mean compares with all customers' mean, in natural units."""
    unit = REGISTRY[name].unit if name in REGISTRY else ""
    if name == "frequency" and average > 0:
        return f"orders {_how_often(mean / average)} ({amount(unit, mean)} each)"
    write = _whole_days if name in _AGO else amount
    written, usual = (write(unit, value) for value in (mean, average))
    if name == "days_between_orders" and written == "1 day":
        written = "day"
    if name not in _PHRASES:
        # A name from the data is never part of a format string: it may hold braces.
        return f"{readable(name)} {written} (all customers: {usual})"
    return _PHRASES[name].format(mean=written, average=usual)


def tendency(feature: str, categories: Categories, *, more: bool) -> str:
    """Say in what a segment differs from another one of the same name."""
    if feature in categories:
        return f"{'more' if more else 'less'} {labelled(categories[feature])}"
    fewer, larger = _TENDENCIES.get(
        feature, (f"lower {readable(feature)}", f"higher {readable(feature)}")
    )
    return larger if more else fewer


def readable(feature: str) -> str:
    """Turn a feature's name into words: no brackets, underscores, or camel case."""
    text = re.sub(r"\([^)]*\)", " ", feature)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).replace("_", " ")
    return re.sub(r"\s+", " ", text).strip().lower() or feature


def amount(unit: str, value: float) -> str:
    """Write a value with its unit, to the digits that a reader wants."""
    if unit == "currency":
        digits = 0 if abs(value) >= 100 else 2
        return f"{round(value, digits) or 0.0:,.{digits}f}"
    if unit == "share":
        return f"{value:.0%}"
    number = f"{value:,.0f}" if abs(value) >= 10 else f"{value:,.1f}".removesuffix(".0")
    if unit in _SINGULAR:
        return f"{number} {_SINGULAR[unit] if number == '1' else unit}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


def _whole_days(_unit: str, value: float) -> str:
    days = round(value)
    return "less than a day" if days < 1 else "1 day" if days == 1 else f"{days:,} days"


def _how_often(times: float) -> str:
    if times >= 1.15:
        return f"{times:.1f} times as often as the average customer"
    if times >= 1.05:
        return f"{times - 1:.0%} more often than the average customer"
    if times >= 0.95:
        return "as often as the average customer"
    if times >= 0.1:
        return f"{1 - times:.0%} less often than the average customer"
    return "hardly ever compared with the average customer"

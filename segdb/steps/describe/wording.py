"""Wording: features, values and tendencies in words, with natural units."""

from __future__ import annotations

import re
from collections.abc import Mapping

# What distinguishes a segment: the words for less, and for more.
_TENDENCIES: Mapping[str, tuple[str, str]] = {
    "recency_days": ("ordered later", "ordered earlier"),
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


def tendency(feature: str, *, more: bool) -> str:
    """Say in what a segment differs from another one of the same name, or from all customers."""
    fewer, larger = _TENDENCIES.get(
        feature, (f"lower {readable(feature)}", f"higher {readable(feature)}")
    )
    return larger if more else fewer


def labelled(category: tuple[str, str]) -> str:
    """Name a value of a category: "gender Female"."""
    column, value = category
    return f"{readable(column)} {value}"


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


def whole_days(value: float) -> str:
    """Write a number of days without a fraction."""
    days = round(value)
    return "less than a day" if days < 1 else "1 day" if days == 1 else f"{days:,} days"

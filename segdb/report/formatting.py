"""Numbers in the reader's form: thousands, shares, money, days with their date."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from segdb.charts.chart import Form
from segdb.formats.currency import money

# Fewer customers than this are never shown one by one.
FEWEST = 5
NOTHING = "–"
# From here on an amount is too long for half a card.
_LONG = 1e7


@dataclass(frozen=True)
class Forms:
    """How values are written in one report.

    Attributes:
        currency: as in the settings.
        as_of: the moment that days count back from.
    """

    currency: str = ""
    as_of: datetime | None = None

    def value(self, value: Any, form: Form = "text") -> str:
        """Write a value in a form; a dash where there is none."""
        if value is None:
            return NOTHING
        writers: Mapping[str, Callable[[Any], str]] = {
            "count": count,
            "customers": customers,
            "money": self.money,
            "share": share,
            "decimal": decimal,
            "number": number,
            "yes": lambda given: "yes" if given else "",
        }
        return writers[form](value) if form in writers else str(value)

    def money(self, value: float | None) -> str:
        """Write an amount: whole from a hundred on, else to the hundredth."""
        if value is None:
            return NOTHING
        digits = 0 if abs(value) >= 100 else 2
        return self._whole(f"{abs(value):,.{digits}f}", value)

    def short(self, value: float | None) -> str:
        """Write an amount for a narrow place: from ten million on in millions or billions."""
        if value is None or abs(value) < _LONG:
            return self.money(value)
        size, letters = (1e9, "bn") if abs(value) >= 1e9 else (1e6, "M")
        digits = max(0, 2 - math.floor(math.log10(abs(value) / size)))
        return self._whole(f"{abs(value) / size:,.{digits}f}{letters}", value)

    def _whole(self, digits: str, value: float) -> str:
        # An amount and its currency stand in one line.
        return money(digits, self.currency, negative=value < 0).replace(" ", "\u00a0")

    def measure(self, value: float | None, unit: str) -> str:
        """Write a feature's value with its unit."""
        if value is None:
            return NOTHING
        if unit == "currency":
            return self.money(value)
        if unit == "share":
            return share(value)
        written = number(value)
        if written == "1":
            unit = f"{unit[:-3]}y" if unit.endswith("ies") else unit.removesuffix("s")
        return f"{written} {unit}".strip()

    def ago(self, days: float | None) -> str:
        """Write days before ``as_of`` with their date: ``9 days ago (1 Dec 2011)``."""
        if days is None:
            return NOTHING
        whole = round(days)
        words = f"{whole:,} {'day' if whole == 1 else 'days'} ago"
        return words if self.as_of is None else f"{words} ({day(self._back(whole))})"

    def _back(self, days: int) -> datetime | None:
        # as_of is often a midnight: the last moment that counts is the day before it.
        try:
            return None if self.as_of is None else self.as_of - timedelta(days=days, seconds=1)
        except OverflowError:
            return None


def count(value: float) -> str:
    """Write a whole number with thousands."""
    return f"{value:,.0f}"


def customers(value: float) -> str:
    """Write a number of customers; few of them are not counted one by one."""
    return f"fewer than {FEWEST}" if 0 < value < FEWEST else count(value)


def share(value: float | None) -> str:
    """Write a share as percent."""
    if value is None:
        return NOTHING
    digits = 0 if abs(value) >= 0.9995 or value == 0 else 1
    written = f"{value:.{digits}%}"
    return "0.0%" if written == "-0.0%" else written


def decimal(value: float) -> str:
    """Write a number to three places."""
    return f"{value:,.3f}"


def number(value: float) -> str:
    """Write a number to four significant digits, and no more places than it has."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value == 0:
        return "0"
    places = max(0, 3 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(places, 12)}f}"
    short = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if short == "-0" else short


def day(moment: datetime | None) -> str:
    """Write the date of a moment."""
    return NOTHING if moment is None else f"{moment.day} {moment:%b %Y}"

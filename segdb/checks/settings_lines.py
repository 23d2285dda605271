"""Lines of the settings, as warnings propose them."""

from __future__ import annotations

from collections.abc import Iterable

from segdb.sql_text import literal, quoted


def reject(reason: str, predicate: str) -> str:
    """Return the line that rejects rows by a predicate; the predicate may hold both quotes."""
    end = " " if predicate.endswith("'") else ""
    return f"[clean.reject] \"{reason}\" = '''{predicate}{end}'''"


def is_one_of(column: str, values: Iterable[str]) -> str:
    """Return the predicate that a column has one of the values."""
    listed = ", ".join(literal(value) for value in values)
    return f"{quoted(column)} IN ({listed})"


def percent(share: float) -> str:
    """Return a share as text, with a decimal where it says something: 14.9 %, 38 %, 0.4 %."""
    figure = 100 * share
    whole = abs(figure - round(figure)) < 0.05
    return f"{figure:.0f} %" if whole else f"{figure:.1f} %"

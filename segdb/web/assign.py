"""Assign: rows of features that someone sent, by the model's own SQL."""

from __future__ import annotations

import math
from collections.abc import Mapping

from segdb.errors import UserError, nearest
from segdb.model import Model


def read_rows(body: object, model: Model, most: int) -> list[dict[str, float | None]]:
    """Return rows of features that came as JSON: one object, or a list of them.

    Raises:
        UserError: it is neither, a feature is none of the model's, or a value is no number.
    """
    rows = body if isinstance(body, list) else [body]
    if not rows:
        raise UserError("There is no row to assign.")
    if len(rows) > most:
        raise UserError(f"{len(rows):,} rows were sent, and {most:,} are assigned at a time.")
    names = frozenset(p.feature for p in model.matrix)
    return [_row(row, place, names) for place, row in enumerate(rows)]


def _row(row: object, place: int, names: frozenset[str]) -> dict[str, float | None]:
    if not isinstance(row, Mapping):
        raise UserError(
            f"Row {place} is no object. A row is features by name, such as "
            '{"recency_days": 3, "frequency": 12}.'
        )
    unknown = [name for name in row if name not in names]
    if unknown:
        meant = nearest(str(unknown[0]), names)
        raise UserError(f"Row {place}: there is no feature '{unknown[0]}'.{meant}")
    return {name: _number(value, name, place) for name, value in row.items()}


def _number(value: object, name: str, place: int) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError(f"Row {place}: {name} takes a number or null.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise UserError(f"Row {place}: {name} is no finite number.")
    return number

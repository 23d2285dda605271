"""Sentinels: a value that many customers share and that stands for a missing one, such as age 118.

Only the least and the greatest value of a column are looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from segdb.checks.warning import DataWarning
from segdb.inspect.names import words
from segdb.inspect.shapes import Ask
from segdb.reading import Reading
from segdb.stages.source import value

# The least share and number of customers, and how many of those lack another column that at most
# half as many of the others lack.
_SHARE, _NUMBER, _LACKING = 0.01, 5, 0.9
# Of these nobody has 0.
_POSITIVE = re.compile(
    r".*\b(age|income|salary|wage|wages|height|weight|bmi|birth|alter|einkommen)\b.*"
)
_USUAL = re.compile(r"-1|-?9{2,}|-?8{2,}")


@dataclass(frozen=True)
class _Extreme:
    """The least or greatest value of a column, beside its other values."""

    column: str
    value: float
    count: int
    of: int
    nearest: float
    spread: float
    lacking: tuple[str, ...]

    @property
    def far(self) -> bool:
        """Whether nothing else comes near: the gap is wider than all other values together."""
        gap = abs(self.value - self.nearest)
        if self.value < 0 <= self.nearest and self.value < self.nearest:
            return _USUAL.fullmatch(_number(self.value)) is not None
        if self.value == 0 and self.nearest > 0:
            return _POSITIVE.fullmatch(words(self.column)) is not None
        return gap > self.spread > 0


def sentinels(
    table: ir.Table, reading: Reading, columns: Sequence[str], ask: Ask, origin: str
) -> list[DataWarning]:
    """Return what is said of values that stand for missing ones.

    Args:
        table: raw customers.
        reading: how they are read.
        columns: the attributes, whose values are numbers.
        ask: runs a small query.
        origin: what to call the source.
    """
    values = {
        name: value(table, reading.column(name), reading.null_values).try_cast("float64")
        for name in columns
    }
    values = {name: number for name, number in values.items() if number.type().is_numeric()}
    ends = _ends(table, values, ask)
    found = _extremes(table, reading, values, ends, ask)
    return [
        _warning(extreme, origin)
        for extreme in found
        if extreme.count >= max(_NUMBER, _SHARE * extreme.of) and (extreme.far or extreme.lacking)
    ]


def _ends(
    table: ir.Table, values: Mapping[str, ir.FloatingValue], ask: Ask
) -> dict[str, tuple[float, float]]:
    """Return the least and the greatest value of columns with three values or more."""
    if not values:
        return {}
    asked: dict[str, ir.Scalar] = {}
    for at, number in enumerate(values.values()):
        asked |= {f"l{at}": number.min(), f"m{at}": number.max(), f"d{at}": number.approx_nunique()}
    row = ask(table.agg(**asked)).to_pylist()[0]
    return {
        name: (row[f"l{at}"], row[f"m{at}"])
        for at, name in enumerate(values)
        if row[f"l{at}"] is not None and (row[f"d{at}"] or 0) > 2
    }


def _extremes(
    table: ir.Table,
    reading: Reading,
    values: Mapping[str, ir.FloatingValue],
    ends: Mapping[str, tuple[float, float]],
    ask: Ask,
) -> list[_Extreme]:
    """Count, in one query, who has each end, and what those and the others lack."""
    others = [c for c in reading.columns if c.name != reading.roles.get("customer_id")]
    lacks = {c.name: value(table, c, reading.null_values).isnull() for c in others}
    asked: dict[str, ir.Scalar] = {"of": table.count()}
    places = [(name, end) for name, pair in ends.items() for end in pair]
    for at, (name, end) in enumerate(places):
        number = values[name]
        here, elsewhere = number == end, number.notnull() & (number != end)
        asked |= {
            f"n{at}": here.sum(),
            f"l{at}": number.min(where=elsewhere),
            f"m{at}": number.max(where=elsewhere),
        }
        for other, lack in enumerate(lacks.values()):
            asked |= {
                f"h{at}_{other}": (lack & here).sum(), f"e{at}_{other}": (lack & elsewhere).sum(),
                f"r{at}": elsewhere.sum(),
            }  # fmt: skip
    row = ask(table.agg(**asked)).to_pylist()[0]
    return [
        _extreme(row, at, name, end, tuple(lacks))
        for at, (name, end) in enumerate(places)
        if row[f"l{at}"] is not None
    ]


def _extreme(
    row: Mapping[str, Any], at: int, name: str, end: float, columns: Sequence[str]
) -> _Extreme:
    here, rest = int(row[f"n{at}"] or 0), int(row.get(f"r{at}") or 0)
    lacking = tuple(
        column
        for other, column in enumerate(columns)
        if column != name
        and (row[f"h{at}_{other}"] or 0) >= _LACKING * max(here, 1)
        and (row[f"e{at}_{other}"] or 0) <= _LACKING / 2 * max(rest, 1)
    )
    least, most = row[f"l{at}"], row[f"m{at}"]
    near = least if abs(end - least) < abs(end - most) else most
    return _Extreme(name, end, here, int(row["of"]), near, most - least, lacking)


def _warning(extreme: _Extreme, origin: str) -> DataWarning:
    shown = _number(extreme.value)
    share = extreme.count / extreme.of
    message = (
        f"{origin}, column '{extreme.column}': {extreme.count:,} of {extreme.of:,} customers "
        f"({share:.1%}) have {shown}; the nearest other value is {_number(extreme.nearest)}."
    )
    if extreme.lacking:
        message += f" Most of them lack {', '.join(extreme.lacking[:5])}."
    key = extreme.column if re.fullmatch(r"[A-Za-z0-9_-]+", extreme.column) else None
    name = key or json.dumps(extreme.column, ensure_ascii=False)
    line = f'[source] null_values_by_column = {{{name} = ["{shown}"]}} if it stands for no value'
    return DataWarning("sentinels", message, line, share)


def _number(number: float) -> str:
    return f"{number:.0f}" if number == round(number) else f"{number:g}"

"""Sentinels: a value that many customers share and that stands for a missing one, such as age 118.

Only the least and the greatest value of a column are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import ibis.expr.types as ir

from segdb.checks.warning import DataWarning
from segdb.expressions.typed_source import value
from segdb.formats.toml import toml_key
from segdb.inspect.header_vocabulary import words
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Reading

# The least share and number of customers, and how many of those lack another column that at most
# half as many of the others lack.
_SHARE, _NUMBER, _LACKING = 0.01, 5, 0.9
# Extremes that are looked at closely: a run shows at most five warnings, and each is a pair with
# every column.
_MOST = 8
# Of these nobody has 0.
_POSITIVE = re.compile(
    r".*\b(age|income|salary|wage|wages|height|weight|bmi|birth|alter|einkommen)\b.*"
)
_USUAL = re.compile(r"-1|-?9{2,}|-?8{2,}")
# From here on the usual ones are beyond doubt, also beside other values below zero.
_LARGE_NEGATIVE = -888


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
    def shared(self) -> bool:
        """Whether enough customers have it to stand for a missing value."""
        return self.count >= max(_NUMBER, _SHARE * self.of)

    @property
    def far(self) -> bool:
        """Whether nothing else comes near: the gap is wider than all other values together."""
        gap = abs(self.value - self.nearest)
        if self.value <= _LARGE_NEGATIVE and _USUAL.fullmatch(_number(self.value)):
            return True
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
    numbers = _numbers(table, reading, columns)
    ends = _ends(table, numbers, ask)
    shared = [end for end in _neighbours(table, numbers, ends, ask) if end.shared]
    shared.sort(key=lambda end: (not end.far, -end.count))
    extremes = _with_lacking(table, reading, numbers, shared[:_MOST], ask)
    return [_warning(extreme, origin) for extreme in extremes if extreme.far or extreme.lacking]


def amount_sentinels(
    table: ir.Table, reading: Reading, columns: Sequence[str], ask: Ask, origin: str
) -> list[DataWarning]:
    """Return what is said of amounts that many orders share and that lie far from all others.

    Args:
        table: raw orders.
        reading: how they are read.
        columns: amounts or prices.
        ask: runs a small query.
        origin: what to call the source.
    """
    numbers = _numbers(table, reading, columns)
    extremes = _neighbours(table, numbers, _ends(table, numbers, ask), ask)
    return [
        _warning(extreme, origin, "rows") for extreme in extremes if extreme.shared and extreme.far
    ]


def _numbers(
    table: ir.Table, reading: Reading, columns: Sequence[str]
) -> dict[str, ir.FloatingValue]:
    read = {
        name: value(table, reading.column(name), reading.null_values).try_cast("float64")
        for name in columns
    }
    return {name: number for name, number in read.items() if number.type().is_numeric()}


def _ends(
    table: ir.Table, numbers: Mapping[str, ir.FloatingValue], ask: Ask
) -> list[tuple[str, float]]:
    """Return (column, value) of the least and the greatest of columns with three values or more."""
    if not numbers:
        return []
    # The values are computed below, and once, where each is asked for several times.
    read = table.select(**{f"v{at}": number for at, number in enumerate(numbers.values())})
    asked: dict[str, ir.Scalar] = {}
    for at in range(len(numbers)):
        number = read[f"v{at}"]
        asked |= {f"l{at}": number.min(), f"m{at}": number.max(), f"d{at}": number.approx_nunique()}
    row = ask(read.agg(**asked)).to_pylist()[0]
    return [
        (name, row[f"{end}{at}"])
        for at, name in enumerate(numbers)
        if row[f"l{at}"] is not None and (row[f"d{at}"] or 0) > 2
        for end in "lm"
    ]


def _neighbours(
    table: ir.Table,
    numbers: Mapping[str, ir.FloatingValue],
    ends: Sequence[tuple[str, float]],
    ask: Ask,
) -> list[_Extreme]:
    """Count who has each end, and find the other values next to it."""
    if not ends:
        return []
    places = {name: f"v{at}" for at, name in enumerate(dict(ends))}
    read = table.select(**{place: numbers[name] for name, place in places.items()})
    asked: dict[str, ir.Scalar] = {"of": read.count()}
    for at, (name, end) in enumerate(ends):
        number = read[places[name]]
        asked |= {
            f"n{at}": (number == end).sum(),
            f"l{at}": number.min(where=number != end),
            f"m{at}": number.max(where=number != end),
        }
    row = ask(read.agg(**asked)).to_pylist()[0]
    extremes = []
    for at, (name, end) in enumerate(ends):
        least, most = row[f"l{at}"], row[f"m{at}"]
        if least is None:
            continue
        near = least if abs(end - least) < abs(end - most) else most
        count, of = int(row[f"n{at}"] or 0), int(row["of"])
        extremes.append(_Extreme(name, end, count, of, near, most - least, ()))
    return extremes


def _with_lacking(
    table: ir.Table,
    reading: Reading,
    numbers: Mapping[str, ir.FloatingValue],
    extremes: Sequence[_Extreme],
    ask: Ask,
) -> list[_Extreme]:
    """Add which columns those with the extreme lack, and the others do not."""
    if not extremes:
        return []
    others = [c for c in reading.columns if c.name != reading.roles.get("customer_id")]
    missing = {
        f"x{at}": value(table, column, reading.null_values).isnull()
        for at, column in enumerate(others)
    }
    read = table.select(
        **{f"v{at}": numbers[extreme.column] for at, extreme in enumerate(extremes)}, **missing
    )
    asked: dict[str, ir.Scalar] = {}
    for at, extreme in enumerate(extremes):
        number = read[f"v{at}"]
        here, elsewhere = number == extreme.value, number != extreme.value
        asked[f"r{at}"] = elsewhere.sum()
        for name in missing:
            asked[f"h{at}_{name}"] = (read[name] & here).sum()
            asked[f"e{at}_{name}"] = (read[name] & elsewhere).sum()
    row = ask(read.agg(**asked)).to_pylist()[0]
    return [
        replace(
            extreme,
            lacking=tuple(
                column.name
                for name, column in zip(missing, others, strict=True)
                if column.name != extreme.column
                and (row[f"h{at}_{name}"] or 0) >= _LACKING * max(extreme.count, 1)
                and (row[f"e{at}_{name}"] or 0) <= _LACKING / 2 * max(int(row[f"r{at}"] or 0), 1)
            ),
        )
        for at, extreme in enumerate(extremes)
    ]


def _warning(extreme: _Extreme, origin: str, who: str = "customers") -> DataWarning:
    shown = _number(extreme.value)
    share = extreme.count / extreme.of
    message = (
        f"{origin}, column '{extreme.column}': {extreme.count:,} of {extreme.of:,} {who} "
        f"({share:.1%}) have {shown}; the nearest other value is {_number(extreme.nearest)}."
    )
    if extreme.lacking:
        message += f" Most of them lack {', '.join(extreme.lacking[:5])}."
    name = toml_key(extreme.column)
    line = f'[source] null_values_by_column = {{{name} = ["{shown}"]}} if it stands for no value'
    return DataWarning("sentinels", message, line, share)


def _number(number: float) -> str:
    return f"{number:.0f}" if number == round(number) else f"{number:g}"

"""Judge: whether the text of a column is numbers or moments, over the whole column.

Shapes of the first values give the readings that are possible at all; counts over the head of
the table leave the good ones, and one aggregate over the whole table decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.inspect import dates, numbers
from segdb.inspect.shapes import Ask, Shape, shapes
from segdb.reading import ColumnReading
from segdb.settings import Source
from segdb.stages.source import value
from segdb.stages.text import settled, stripped, tried

_HEAD = 100_000
_HALF, _NEARLY_ALL = 0.5, 0.99


@dataclass(frozen=True)
class Fit:
    """One way to read a column, and how well it goes.

    Attributes:
        reading: the way.
        share: of the values that are not missing, those it reads.
        rival: another way that is as good and gives other values, or that reads values which
            this one does not; a reader must choose.
        example: a value on which the two differ.
    """

    reading: ColumnReading
    share: float
    rival: ColumnReading | None = None
    example: str | None = None


@dataclass(frozen=True)
class Judgement:
    """What a text column could be; None where it could not be that at all."""

    number: Fit | None = None
    moment: Fit | None = None


def judge(
    table: ir.Table, columns: Sequence[str], source: Source, ask: Ask
) -> Mapping[str, Judgement]:
    """Judge text columns.

    Args:
        table: raw rows.
        columns: those of its columns that hold text.
        source: what the settings say of numbers, dates and missing values.
        ask: runs a small query.
    """
    seen = shapes(table, columns, source.null_values, ask)
    marks = {name: numbers.marks(found) for name, found in seen.items()}
    possible = {name: _possible(name, seen[name], marks[name], source) for name in columns}
    possible = {name: readings for name, readings in possible.items() if readings}
    several = {name: readings for name, readings in possible.items() if len(readings) > 1}
    head = _measure(table.limit(_HEAD), several, source, ask)
    possible |= {name: _surviving(fits) for name, fits in head.items()}
    # Most columns of numbers hold nothing but digits, which is quick to see.
    measured = _measure(table, possible, source, ask, quick=True)
    more = {
        name: [fit.reading for fit in fits]
        for name, fits in measured.items()
        if any(fit.reading.kind == "number" and fit.share < 1 for fit in fits)
    }
    measured |= _measure(table, more, source, ask)
    judged = {
        name: Judgement(_best(fits, "number", marks[name].likely), _best(fits, "timestamp", None))
        for name, fits in measured.items()
    }
    settled = {
        "." if marks[name].point > marks[name].comma else ","
        for name in judged
        if marks[name].point != marks[name].comma
    }
    if len(settled) == 1:
        mark = settled.pop()
        judged = {name: _settled(one, mark) for name, one in judged.items()}
    return {name: judged.get(name, Judgement()) for name in columns}


def _possible(
    name: str, found: Sequence[Shape], marks: numbers.Marks, source: Source
) -> list[ColumnReading]:
    readings: list[ColumnReading] = []
    if marks.share >= 0.5:
        if source.decimal:
            readings.append(ColumnReading(name, "number", source.decimal))
        elif marks.point or marks.comma or marks.either is None:
            mark: numbers.Decimal = "," if marks.comma > marks.point else "."
            readings.append(ColumnReading(name, "number", mark))
        else:
            readings += [ColumnReading(name, "number", mark) for mark in (".", ",")]
    ways = dates.families(found)
    if source.date_format and any("9" in shape.text for shape in found):
        ways = {family: ways[family] for family in dates.CLEAR if family in ways}
        ways["as set"] = dates.with_times(source.date_format)
    for formats in ways.values():
        readings.append(ColumnReading(name, "timestamp", formats=formats))
    return readings


def _measure(
    table: ir.Table,
    possible: Mapping[str, Sequence[ColumnReading]],
    source: Source,
    ask: Ask,
    *,
    quick: bool = False,
) -> dict[str, list[Fit]]:
    """Count, in one query, what each reading reads, and find a value that two read apart."""
    possible = {name: readings for name, readings in possible.items() if readings}
    if not possible:
        return {}
    read = _read(table, possible, source.null_values, quick=quick)
    asked: dict[str, ir.Scalar] = {}
    for place, readings in enumerate(possible.values()):
        text = read[f"t{place}"]
        asked[f"n{place}"] = text.count()
        for way, reading in enumerate(readings):
            own = read[f"v{place}_{way}"]
            asked[f"c{place}_{way}"] = own.count()
            for other in range(len(readings)):
                if other != way and readings[other].kind == reading.kind:
                    theirs = read[f"v{place}_{other}"]
                    only = own.isnull() & theirs.notnull()
                    asked[f"x{place}_{way}_{other}"] = only.sum()
                    asked[f"d{place}_{way}_{other}"] = text.min(where=(own != theirs) | only)
    counts = ask(read.agg(**asked)).to_pylist()[0]
    return {
        name: [_fit(counts, place, way, readings) for way in range(len(readings))]
        for place, (name, readings) in enumerate(possible.items())
    }


def _read(
    table: ir.Table,
    possible: Mapping[str, Sequence[ColumnReading]],
    null_values: Sequence[str],
    *,
    quick: bool,
) -> ir.Table:
    """Return what each reading makes of each column, and its texts, NULL where they are missing.

    Args:
        table: raw rows.
        possible: the readings of each column.
        null_values: tokens for "missing".
        quick: whether of numbers only digits, sign, decimal mark and exponent are read.
    """
    # SELECTs of their own for what is tried and what is settled, so that each text is read once.
    first: dict[str, ir.Value] = {}
    for place, (name, readings) in enumerate(possible.items()):
        first[f"t{place}"] = table[name].cast("string")
        for way, reading in enumerate(readings):
            first[f"v{place}_{way}"] = tried(table[name], reading, quick=quick)
    rows = table.select(**first).view()
    then: dict[str, ir.Value] = {}
    for place, readings in enumerate(possible.values()):
        text = rows[f"t{place}"]
        for way, reading in enumerate(readings):
            own = f"v{place}_{way}"
            then[own] = settled(rows[own], text, reading, null_values)
        # What is read is not missing, which spares most texts a closer look.
        read = ibis.or_(*(then[f"v{place}_{way}"].notnull() for way in range(len(readings))))
        then[f"t{place}"] = ibis.ifelse(read, text, stripped(text, null_values))
    return rows.select(**then).view()


def _fit(counts: Mapping[str, Any], place: int, way: int, readings: Sequence[ColumnReading]) -> Fit:
    present = max(counts[f"n{place}"], 1)
    read = {other: counts[f"c{place}_{other}"] for other in range(len(readings))}
    rivals = [
        other
        for other in read
        if counts.get(f"d{place}_{way}_{other}") is not None
        and (
            read[way] == read[other]
            or counts[f"x{place}_{way}_{other}"] > (1 - _NEARLY_ALL) * present
        )
    ]
    if not rivals:
        return Fit(readings[way], read[way] / present)
    rival = max(rivals, key=lambda other: read[other])
    example = counts[f"d{place}_{way}_{rival}"].strip()
    return Fit(readings[way], read[way] / present, readings[rival], example)


def failing(
    table: ir.Table, reading: ColumnReading, null_values: Sequence[str], ask: Ask
) -> str | None:
    """Return a value that a reading does not read."""
    text = stripped(table[reading.name], null_values)
    first = text.min(where=value(table, reading, null_values).isnull())
    found: str | None = ask(table.agg(text=first)).to_pylist()[0]["text"]
    return found


def _surviving(fits: Iterable[Fit]) -> list[ColumnReading]:
    """Keep of each kind the best readings on the head, and what comes close to them."""
    kept: list[ColumnReading] = []
    listed = list(fits)
    for kind in ("number", "timestamp"):
        own = [fit for fit in listed if fit.reading.kind == kind and fit.share > 0]
        # A year of two digits in front is rare, and would rival every other order.
        usual = [fit for fit in own if not fit.reading.formats[:1] or not _short_year(fit)]
        if any(fit.share >= _HALF for fit in usual):
            own = usual
        best = max((fit.share for fit in own), default=0.0)
        kept += [
            fit.reading
            for fit in own
            if best >= _HALF and (fit.share >= 0.95 * best or best < _NEARLY_ALL)
        ]
    return kept


def _short_year(fit: Fit) -> bool:
    return fit.reading.formats[0].startswith("%y")


def _best(fits: Iterable[Fit], kind: str, likely: str | None) -> Fit | None:
    own = sorted((fit for fit in fits if fit.reading.kind == kind), key=lambda fit: -fit.share)
    if not own:
        return None
    equal = [fit for fit in own if fit.share == own[0].share]
    chosen = next((fit for fit in equal if fit.rival and fit.reading.decimal == likely), None)
    return replace(chosen, rival=None) if chosen else own[0]


def _settled(one: Judgement, mark: str) -> Judgement:
    fit = one.number
    if fit is None or fit.rival is None:
        return one
    reading = fit.reading if fit.reading.decimal == mark else fit.rival
    return replace(one, number=Fit(reading, fit.share))

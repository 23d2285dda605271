"""Judge: whether the text of a column is numbers or moments, over the whole column.

Shapes of the first values give the readings that are possible at all; counts over the head of
the table leave the good ones, and one aggregate over the whole table decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import ibis.expr.types as ir

from segdb.inspect import dates, numbers
from segdb.inspect.shapes import Ask, Shape, shapes
from segdb.reading import ColumnReading
from segdb.settings import Source
from segdb.stages.source import stripped, value

_HEAD = 100_000


@dataclass(frozen=True)
class Fit:
    """One way to read a column, and how well it goes.

    Attributes:
        reading: the way.
        share: of the values that are not missing, those it reads.
        failing: a value it does not read.
        rival: another way that is as good and gives other values; a reader must choose.
        example: a value on which the two differ.
    """

    reading: ColumnReading
    share: float
    failing: str | None = None
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
    if any(len(readings) > 1 for readings in possible.values()):
        head = _measure(table.limit(_HEAD), possible, source, ask)
        possible = {name: _surviving(fits) for name, fits in head.items()}
    measured = _measure(table, {name: r for name, r in possible.items() if r}, source, ask)
    judged = {
        name: Judgement(
            _best(fits, "number", marks[name].likely), _best(fits, "timestamp", None)
        )
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
) -> dict[str, list[Fit]]:
    """Count, in one query, what each reading reads, and find a value that it does not."""
    if not possible:
        return {}
    asked: dict[str, ir.Scalar] = {}
    for place, (name, readings) in enumerate(possible.items()):
        text = stripped(table[name], source.null_values)
        asked[f"n{place}"] = text.count()
        values = [value(table, reading, source.null_values) for reading in readings]
        for way, read in enumerate(values):
            asked[f"c{place}_{way}"] = read.count()
            asked[f"f{place}_{way}"] = text.min(where=read.isnull())
            for other in range(way):
                if readings[other].kind == readings[way].kind:
                    differ = text.min(where=read != values[other])
                    asked[f"d{place}_{other}_{way}"] = differ
    counts = ask(table.agg(**asked)).to_pylist()[0]
    return {
        name: [
            Fit(
                reading,
                counts[f"c{place}_{way}"] / max(counts[f"n{place}"], 1),
                counts[f"f{place}_{way}"],
                example=_first(counts, place, way),
            )
            for way, reading in enumerate(readings)
        ]
        for place, (name, readings) in enumerate(possible.items())
    }


def _first(counts: Mapping[str, str | None], place: int, way: int) -> str | None:
    keys = [key for key in counts if key.startswith(f"d{place}_") and str(way) in key.split("_")]
    return next((counts[key] for key in keys if counts[key] is not None), None)


def _surviving(fits: Iterable[Fit]) -> list[ColumnReading]:
    """Keep of each kind the best readings on the head, and what comes close to them."""
    kept: list[ColumnReading] = []
    listed = list(fits)
    for kind in ("number", "timestamp"):
        own = [fit for fit in listed if fit.reading.kind == kind and fit.share >= 0.5]
        best = max((fit.share for fit in own), default=0.0)
        kept += [fit.reading for fit in own if fit.share >= 0.95 * best]
    return kept


def _best(fits: Iterable[Fit], kind: str, likely: str | None) -> Fit | None:
    own = sorted((fit for fit in fits if fit.reading.kind == kind), key=lambda fit: -fit.share)
    if not own:
        return None
    equal = [fit for fit in own if fit.share == own[0].share]
    if len(equal) > 1 and equal[0].example is not None:
        chosen = next((fit for fit in equal if fit.reading.decimal == likely), None)
        return chosen or replace(equal[0], rival=equal[1].reading)
    return own[0]


def _settled(one: Judgement, mark: str) -> Judgement:
    fit = one.number
    if fit is None or fit.rival is None:
        return one
    reading = fit.reading if fit.reading.decimal == mark else fit.rival
    return replace(one, number=Fit(reading, fit.share, fit.failing))



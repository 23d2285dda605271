"""Measure readings: what readings make of the values of columns, counted in one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.expressions.parse_text import settled, stripped, tried
from segdb.expressions.typed_source import value
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import ColumnReading

_NEARLY_ALL = 0.99


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


def measure(
    table: ir.Table,
    possible: Mapping[str, Sequence[ColumnReading]],
    null_values: Sequence[str],
    ask: Ask,
    *,
    quick: bool = False,
) -> dict[str, list[Fit]]:
    """Count, in one query, what each reading reads, and find a value that two read apart."""
    possible = {name: readings for name, readings in possible.items() if readings}
    if not possible:
        return {}
    read = _read(table, possible, null_values, quick=quick)
    asked: dict[str, ir.Scalar] = {}
    for place, readings in enumerate(possible.values()):
        text = read[f"t{place}"]
        asked[f"n{place}"] = text.count()
        for way, reading in enumerate(readings):
            values = read[f"v{place}_{way}"]
            asked[f"c{place}_{way}"] = values.count()
            for other in range(len(readings)):
                if other != way and readings[other].kind == reading.kind:
                    other_values = read[f"v{place}_{other}"]
                    only = values.isnull() & other_values.notnull()
                    asked[f"x{place}_{way}_{other}"] = only.sum()
                    asked[f"d{place}_{way}_{other}"] = text.min(
                        where=(values != other_values) | only
                    )
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
            column = f"v{place}_{way}"
            then[column] = settled(rows[column], text, reading, null_values)
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
    text = stripped(table[reading.name], (*null_values, *reading.null_values))
    first = text.min(where=value(table, reading, null_values).isnull())
    first_text: str | None = ask(table.agg(text=first)).to_pylist()[0]["text"]
    return first_text


def unread(
    table: ir.Table, readings: Sequence[ColumnReading], null_values: Sequence[str]
) -> ir.Table:
    """Return the values of a column that none of its readings reads."""
    column = table[readings[0].name]
    missing = stripped(column, (*null_values, *readings[0].null_values)).isnull()
    read = (value(table, reading, null_values).notnull() for reading in readings)
    return table.filter(~ibis.or_(missing, *read)).select(readings[0].name)

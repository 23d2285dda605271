"""Attributes: the columns of a customers table that can describe a customer by a number."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from segdb.expressions.typed_source import value
from segdb.inspect.codes import MOST_CODES, is_code
from segdb.inspect.header_vocabulary import is_identifier
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Reading

_HEAD = 100_000


@dataclass(frozen=True)
class NumericAttributes:
    """The columns of numbers that can describe a customer without being asked for.

    Attributes:
        measures: those that are numbers.
        codes: those whose numbers name something, such as Region 1, 2 and 3.
    """

    measures: tuple[str, ...]
    codes: tuple[str, ...]


def numeric_attributes(table: ir.Table, reading: Reading, ask: Ask) -> NumericAttributes:
    """Return the columns that can be features without being asked for.

    They are numeric, no id by role or name, have two values or more among the first 100,000
    customers, and are no bare row number. Integers of few values with a name such as Region are
    codes.
    """
    head = table.limit(_HEAD)
    values: dict[str, ir.NumericValue] = {}
    for column in reading.columns:
        if column.name in reading.roles.values() or is_identifier(column.name):
            continue
        read = value(head, column, reading.null_values)
        if read.type().is_numeric() and not read.type().is_boolean():
            values[column.name] = read.try_cast("float64")
    if not values:
        return NumericAttributes((), ())
    # Computed below the aggregates, so that text is parsed once and not four times.
    read_once = head.select(**{f"v{place}": number for place, number in enumerate(values.values())})
    asked: dict[str, ir.Scalar] = {}
    for place in range(len(values)):
        number = read_once[f"v{place}"]
        asked |= {
            f"rows{place}": number.count(),
            f"distinct{place}": number.nunique(),
            f"least{place}": number.min(),
            f"most{place}": number.max(),
            f"whole{place}": (number == number.floor()).all(),
        }
    row = ask(read_once.agg(**asked)).to_pylist()[0]

    def describes(place: int) -> bool:
        distinct = row[f"distinct{place}"]
        if distinct < 2:
            return False
        steps = row[f"most{place}"] - row[f"least{place}"] + 1
        return not distinct == row[f"rows{place}"] == steps

    def names(place: int, column: str) -> bool:
        few = row[f"distinct{place}"] <= MOST_CODES
        return few and bool(row[f"whole{place}"]) and is_code(column)

    useful = [(place, name) for place, name in enumerate(values) if describes(place)]
    codes = tuple(name for place, name in useful if names(place, name))
    return NumericAttributes(tuple(name for _, name in useful if name not in codes), codes)

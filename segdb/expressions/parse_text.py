"""Parse text: what the values of a text column say, as numbers, as moments, or as they are.

A cast never fails: what is no number, no moment or beyond the type's range becomes NULL.

Values are read in two steps, ``tried`` and ``settled``. SQL gives no name to a value within one
SELECT, and computes a value that is written twice two times; a table whose texts are tried in one
SELECT and settled in the next has each of them read once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from segdb.expressions.parse_dates import bounded, tried_moment
from segdb.expressions.parse_numbers import is_finite, tried_number, without_oddities
from segdb.formats.digits import ASCII, FOREIGN
from segdb.source_schema import ColumnReading


def tried(raw: ir.Value, column: ColumnReading, *, quick: bool = False) -> ir.Value:
    """Return what a cast makes of the values of a column that is not native.

    Args:
        raw: its values.
        column: how they are read.
        quick: whether of numbers only digits, sign, decimal mark and exponent are read.
    """
    text = _as_text(raw)
    if column.kind == "text":
        return text.strip()
    if column.any_digits:
        text = text.translate(FOREIGN, ASCII)
    if column.kind == "number":
        return tried_number(text, column, quick=quick)
    return tried_moment(raw, text, column)


def settled(
    value: ir.Value, raw: ir.Value, column: ColumnReading, null_values: Sequence[str]
) -> ir.Value:
    """Return what ``tried`` made of raw values, with NULL for what stands for none.

    That is a token for "missing", a number that is not finite, and a moment that is none.
    """
    text = _as_text(raw)
    if column.kind == "text":
        return _present(value, (*null_values, *column.null_values))
    value = without_oddities(value, text) if column.kind == "number" else bounded(value, text)
    # A token without a digit casts to neither kind anyway.
    tokens = (*null_values, *column.null_values)
    missing = [token for token in tokens if any(mark.isdigit() for mark in token)]
    if missing:
        value = ibis.ifelse(text.strip().isin(missing), ibis.null(value.type()), value)
    return without(value, column.null_values)


def without(value: ir.Value, tokens: Sequence[str]) -> ir.Value:
    """Return values of any type, with NULL for those that a token says, 118 for 118.0 as well."""
    kind = value.type()
    missing = [literal for token in tokens if (literal := _literal(kind, token)) is not None]
    if not missing:
        return value
    return ibis.ifelse(value.isin(missing), ibis.null(kind), value)


def stripped(raw: ir.Value, null_values: Sequence[str]) -> ir.StringValue:
    """Return a value as text without blanks around it; a token for "missing" is NULL."""
    return _present(_as_text(raw).strip(), null_values)


def finite(numeric: ir.FloatingValue) -> ir.FloatingValue:
    """Return the numbers; NaN and the infinities are NULL."""
    return ibis.ifelse(is_finite(numeric), numeric, ibis.null("float64"))


def _as_text(raw: ir.Value) -> ir.StringValue:
    return raw if raw.type().is_string() else raw.cast("string")


def _present(text: ir.StringValue, null_values: Sequence[str]) -> ir.StringValue:
    missing = list(dict.fromkeys(("", *null_values)))
    # By its length first: DuckDB makes a join of a long IN, which it runs even where nothing
    # reads the column.
    short = text.length() <= max(map(len, missing))
    return ibis.ifelse(short & text.isin(missing), ibis.null("string"), text)


def _literal(kind: dt.DataType, token: str) -> Any:
    """Return a token as a value of a type; None where it is none."""
    try:
        if kind.is_string():
            return token
        if kind.is_numeric() and not kind.is_boolean():
            number = float(token)
            return int(number) if kind.is_integer() and number.is_integer() else number
        if kind.is_timestamp():
            return ibis.literal(datetime.fromisoformat(token), kind)
        if kind.is_date():
            return ibis.literal(date.fromisoformat(token), kind)
    except ValueError:
        pass
    return None

"""Text: what the values of a text column say, as numbers, as moments, or as they are.

A cast never fails: what is no number, no moment or beyond the type's range becomes NULL.

Values are read in two steps, ``tried`` and ``settled``. SQL gives no name to a value within one
SELECT, and computes a value that is written twice two times; a table whose texts are tried in one
SELECT and settled in the next has each of them read once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from segdb.reading import ColumnReading

# What may stand around the digits of a number.
_CURRENCY = (
    r"(?:[A-Z]{0,2}\p{Sc}|USD|EUR|GBP|JPY|CHF|CNY|INR|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|TRY|"
    r"BRL|MXN|ZAR|SGD|HKD|KRW|kr\.?|zł|Kč|Ft|Fr\.?|Rs\.?)"
)
# Spaces of three widths, and what else groups digits in every locale.
_SPACES = " \u00a0\u202f"
_GROUPING = _SPACES + "'’"
_NEGATIVE = r"^[^\d]*[-−–(]|[-−)]\s*$"

_LARGEST = sys.float_info.max

# Infinity is a legal timestamp and no moment, and "%Y" reads the 26 of 03/04/26 as a year.
_FIRST, _LAST = "1000-01-01", "9999-12-30"
_NO_MOMENT = ibis.null("timestamp(6)")
_ZONED = r":\d\d(?:\.\d+)? ?(?:Z|UTC|[+-]\d\d(?::?\d\d)?)\s*$"


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
    if column.kind == "number":
        return (_cast if quick else _tried_number)(text, column.decimal)
    return _tried_moment(text, column.formats)


def settled(
    value: ir.Value, raw: ir.Value, column: ColumnReading, null_values: Sequence[str]
) -> ir.Value:
    """Return what ``tried`` made of raw values, with NULL for what stands for none.

    That is a token for "missing", a number that is not finite, and a moment that is none.
    """
    if column.kind == "text":
        return _present(value, null_values)
    value = finite(value) if column.kind == "number" else bounded(value)
    # A token without a digit casts to neither kind anyway.
    missing = [token for token in null_values if any(mark.isdigit() for mark in token)]
    if not missing:
        return value
    return ibis.ifelse(_as_text(raw).strip().isin(missing), ibis.null(value.type()), value)


def stripped(raw: ir.Value, null_values: Sequence[str]) -> ir.StringValue:
    """Return a value as text without blanks around it; a token for "missing" is NULL."""
    return _present(_as_text(raw).strip(), null_values)


def finite(numeric: ir.FloatingValue) -> ir.FloatingValue:
    """Return the numbers; NaN and the infinities are NULL."""
    # NaN sorts above infinity.
    return ibis.ifelse(numeric.between(-_LARGEST, _LARGEST), numeric, ibis.null("float64"))


def bounded(moment: ir.TimestampValue) -> ir.TimestampValue:
    """Return the moments that a calendar has; the others, such as infinity, are NULL."""
    first, last = (ibis.literal(end, "timestamp(6)") for end in (_FIRST, _LAST))
    return ibis.ifelse(moment.between(first, last), moment, _NO_MOMENT)


def in_utc(moment: ir.TimestampValue) -> ir.TimestampValue:
    """Return moments that have a zone as moments of UTC without one."""
    return _in_zone("UTC", moment)


def _as_text(raw: ir.Value) -> ir.StringValue:
    return raw if raw.type().is_string() else raw.cast("string")


def _present(text: ir.StringValue, null_values: Sequence[str]) -> ir.StringValue:
    missing = list(dict.fromkeys(("", *null_values)))
    # By its length first: DuckDB makes a join of a long IN, which it runs even where nothing
    # reads the column.
    short = text.length() <= max(map(len, missing))
    return ibis.ifelse(short & text.isin(missing), ibis.null("string"), text)


def _tried_number(text: ir.StringValue, decimal: str) -> ir.FloatingValue:
    """Read a number out of text: sign, currency, grouping, percent sign, "(1.50)" for -1.50.

    "12%" is 12. Digits must be grouped by threes (or as in 1,23,456); a group mark that stands
    elsewhere makes the text no number, so that 1,25 is never read as 125.
    """
    mark, other = (r"\.", ",") if decimal == "." else (",", ".")
    grouping = _GROUPING + other
    digits = rf"[1-9]\d{{0,2}}(?:[{grouping}]\d{{2,3}})*[{grouping}]\d{{3}}|\d*"
    amount = rf"((?:{digits})(?:{mark}\d*)?(?:[eE][-+]?\d+)?)"
    before = rf"[-+−–(]? ?{_CURRENCY}?[{_SPACES}]?[-+−–(]? ?"
    after = rf"\)?[{_SPACES}]?(?:{_CURRENCY}|%)?[-−)]?"
    size = text.re_extract(rf"^\s*{before}{amount}{after}\s*$", 1)
    size = size.translate(decimal + grouping, ".").try_cast("float64")
    sign = ibis.ifelse(text.re_search(_NEGATIVE), -1.0, 1.0)
    return _cast(text, decimal).coalesce(sign * size)


def _cast(text: ir.StringValue, decimal: str) -> ir.FloatingValue:
    plain = text if decimal == "." else text.translate(",.", ".x")
    return plain.try_cast("float64")


def _tried_moment(text: ir.StringValue, formats: Sequence[str]) -> ir.TimestampValue:
    """Read a moment out of text: by the formats in turn, or by ISO 8601 without any.

    A text that names a zone is taken to UTC.
    """
    if not formats:
        zoned = in_utc(text.try_cast("timestamp('UTC', 6)"))
        return ibis.ifelse(text.re_search(_ZONED), zoned, text.try_cast("timestamp(6)"))
    if any("%z" in form.lower() for form in formats):
        return in_utc(_strptime_zoned(text, list(formats)))
    return _strptime(text, list(formats))


@ibis.udf.scalar.builtin(
    name="try_strptime", signature=(("string", "array<string>"), "timestamp(6)")
)
def _strptime(_text, _formats): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(
    name="try_strptime", signature=(("string", "array<string>"), "timestamp('UTC', 6)")
)
def _strptime_zoned(_text, _formats): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(
    name="timezone", signature=(("string", "timestamp('UTC', 6)"), "timestamp(6)")
)
def _in_zone(_zone, _moment): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

"""Parse numbers: numbers out of text, as people and programs write them."""

from __future__ import annotations

import sys

import ibis
import ibis.expr.types as ir

from segdb.source_schema import ColumnReading

_LARGEST = sys.float_info.max
# What may stand around the digits of a number.
_CURRENCY = (
    r"(?:[A-Z]{0,2}\p{Sc}|USD|EUR|GBP|JPY|CHF|CNY|INR|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|TRY|"
    r"BRL|MXN|ZAR|SGD|HKD|KRW|ARS|CLP|COP|PEN|ILS|AED|SAR|EGP|QAR|KWD|MAD|NGN|KES|PKR|BDT|LKR|THB|"
    r"MYR|IDR|PHP|VND|TWD|RUB|UAH|BGN|ISK|kr\.?|zł|Kč|Ft|lei|Fr\.?|Rs\.?)"
)
# Spaces of several widths, and what else groups digits in every locale.
_SPACES = " \u00a0\u202f\u2009\u2007"
_APOSTROPHES = "'’"
_MINUS = "−–－-"
_DASHES = r"−–－\-"
# What is left of a number without its digits, if its sign is plain.
_POSITIVE, _NEGATIVE = ("", "+"), (*_MINUS, "()")
# One mark with three digits behind it: grouped digits, or a decimal mark.
_EITHER = r"^[^\d.,]*[1-9]\d{0,2}[.,]\d{3}(?:[eE][-+]?\d+)?[^\d.,]*$"


def tried_number(
    text: ir.StringValue, column: ColumnReading, *, quick: bool = False
) -> ir.FloatingValue:
    """Read a number out of text: sign, currency, grouping, percent sign, "(1.50)" for -1.50.

    "12%" is 12 where the column has percent. Digits must be grouped by threes (or as in
    1,23,456) and by one mark; a group mark that stands elsewhere makes the text no number, so that
    1,25 is never read as 125. A text with two signs is none either.

    Args:
        text: the values.
        column: their decimal mark, and whether the other one is read as well.
        quick: whether only digits, sign, decimal mark and exponent are read.
    """
    marks = [column.decimal]
    if column.mixed != "no":
        marks.append("," if column.decimal == "." else ".")
    ways = [plain(text, mark) for mark in marks]
    if not quick:
        ways += [_dressed(text, mark, percent=column.percent) for mark in marks]
    # What one way reads, the others read alike or not at all; but for the last two of four.
    ordered = ways if len(ways) < 4 else [ways[0], ways[2], ways[1], ways[3]]
    number = ibis.coalesce(*ordered)
    if column.mixed != "clear":
        return number
    return ibis.ifelse(text.re_search(_EITHER), ibis.null("float64"), number)


def plain(text: ir.StringValue, decimal: str = ".") -> ir.FloatingValue:
    """Return the numbers of bare digits, and such as 1_000, which ``without_oddities`` drops."""
    bare = text if decimal == "." else text.translate(",.", ".x")
    return bare.try_cast("float64")


def without_oddities(number: ir.FloatingValue, text: ir.StringValue) -> ir.FloatingValue:
    """Return finite numbers; those of texts such as 1_000 and +-5, which a cast reads, are NULL.

    NaN and the infinities are NULL as well.
    """
    odd = text.contains("_") | ((number < 0) & text.contains("+-"))
    return ibis.ifelse(is_finite(number) & ~odd, number, ibis.null("float64"))


def is_finite(number: ir.FloatingValue) -> ir.BooleanValue:
    """Whether numbers are finite."""
    # NaN sorts above infinity.
    return number.between(-_LARGEST, _LARGEST)


def _dressed(text: ir.StringValue, decimal: str, *, percent: bool) -> ir.FloatingValue:
    mark, other = (r"\.", ",") if decimal == "." else (",", r"\.")
    groups = (f"[{_SPACES}]", f"[{_APOSTROPHES}]", other)
    grouped = "|".join(
        rf"[1-9]\d{{0,2}}(?:{g}\d{{3}})+|[1-9]\d?(?:{g}\d{{2}})+{g}\d{{3}}" for g in groups
    )
    # No mark without digits behind it: the dash of 5,- for 5.00 is no minus.
    amount = rf"((?:(?:{grouped}|\d+)(?:{mark}\d+)?|{mark}\d+)(?:[eE][-+]?\d+)?)"
    before = rf"[+({_DASHES}]? ?{_CURRENCY}?[{_SPACES}]?[+({_DASHES}]? ?"
    unit = rf"(?:{_CURRENCY}|%)?" if percent else rf"{_CURRENCY}?"
    after = rf"[{_DASHES})]?[{_SPACES}]?{unit}[{_SPACES}]?[{_DASHES})]?"
    size = text.re_extract(rf"^\s*{before}{amount}{after}\s*$", 1)
    around = _SPACES + _APOSTROPHES + ("," if decimal == "." else ".")
    size = size.translate(decimal + around, ".").try_cast("float64")
    signs = text.re_replace(rf"[eE][-+]?\d+|[^+(){_DASHES}]", "")
    sign = ibis.cases(
        (signs.isin(_POSITIVE), 1.0), (signs.isin(_NEGATIVE), -1.0), else_=ibis.null("float64")
    )
    return sign * size

"""Source: raw columns become typed ones, and those that play a role get the role's name.

A cast never fails: what is no number, no moment or beyond the type's range becomes NULL, and
cleaning rejects the row with the text as it was.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import get_args

import ibis
import ibis.expr.types as ir

from segdb.reading import ColumnReading, Reading, Role

_TAKEN = frozenset((*get_args(Role), "reason", "returned", "copies"))
# How often a row was there, beside the raw columns, whose names are anybody's.
COPIES = "segdb_copies"
_SUFFIX = " (source)"

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


def carried(name: str) -> str:
    """Return the name under which a raw column travels beside the role columns.

    It is the column's own name, unless a role or an internal column is called so: then it gets
    ``" (source)"`` behind it. No two columns get the same name.
    """
    own = name.lower()
    while own.endswith(_SUFFIX):
        own = own.removesuffix(_SUFFIX)
    return name + _SUFFIX if own in _TAKEN else name


def value(table: ir.Table, column: ColumnReading, null_values: Sequence[str]) -> ir.Value:
    """Return the typed value of a raw column, under its carried name if the table has it.

    A number is a DOUBLE, a timestamp is without a zone and in UTC; what cannot be read as the
    column's kind is NULL.
    """
    name = carried(column.name)
    raw = table[name if name in table.columns else column.name]
    if column.kind == "native":
        return raw
    if column.kind == "text":
        return stripped(raw, null_values)
    text = raw if raw.type().is_string() else raw.cast("string")
    read = (
        number(text, column.decimal) if column.kind == "number" else timestamp(text, column.formats)
    )
    # A token without a digit casts to neither kind anyway.
    missing = [token for token in null_values if any(mark.isdigit() for mark in token)]
    if not missing:
        return read
    return ibis.ifelse(text.strip().isin(missing), ibis.null(read.type()), read)


def typed(table: ir.Table, reading: Reading) -> ir.Table:
    """Return all raw columns as they are, under their carried names, and the role columns.

    Args:
        table: raw rows, and ``segdb_copies`` where equal rows were folded.
        reading: the kind of each column, and the roles.

    Returns:
        The raw columns, ``copies`` if they were folded, and of ``customer_id``, ``order_id``,
        ``ordered_at`` TIMESTAMP in UTC, ``amount`` DECIMAL(18,4) in the source's currency,
        ``quantity`` DOUBLE and ``category`` VARCHAR those that the reading has a column for.
    """
    names = [column.name for column in reading.columns]
    columns: dict[str, ir.Value] = {carried(name): table[name] for name in names}
    if COPIES in table.columns:
        columns["copies"] = table[COPIES]

    def role(name: Role) -> ir.Value:
        return value(table, reading.column(reading.roles[name]), reading.null_values)

    for identifier in ("customer_id", "order_id"):
        if identifier in reading.roles:
            raw = table[reading.roles[identifier]]
            columns[identifier] = _identifier(raw, reading.null_values)
    if "ordered_at" in reading.roles:
        moment = role("ordered_at")
        judged = reading.column(reading.roles["ordered_at"]).kind != "native"
        columns["ordered_at"] = moment if judged else _moment(moment)
    if "amount" in reading.roles:
        columns["amount"] = role("amount").try_cast("decimal(18, 4)")
    elif {"quantity", "unit_price"} <= reading.roles.keys():
        product = _double(role("quantity")) * _double(role("unit_price"))
        columns["amount"] = product.try_cast("decimal(18, 4)")
    if "quantity" in reading.roles:
        pieces = role("quantity")
        whole = pieces.type().is_integer()
        columns["quantity"] = pieces.cast("float64") if whole else _finite(_double(pieces))
    if "category" in reading.roles:
        columns["category"] = stripped(table[reading.roles["category"]], reading.null_values)
    return table.select(**columns)


def stripped(raw: ir.Value, null_values: Sequence[str]) -> ir.StringValue:
    """Return a value as text without blanks around it; a token for "missing" is NULL."""
    text = raw.cast("string").strip()
    missing = list(dict.fromkeys(("", *null_values)))
    # By its length first: DuckDB makes a join of a long IN, which it runs even where nothing
    # reads the column.
    short = text.length() <= max(map(len, missing))
    return ibis.ifelse(short & text.isin(missing), ibis.null("string"), text)


def number(text: ir.StringValue, decimal: str) -> ir.FloatingValue:
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
    return _finite(_cast(text, decimal).coalesce(sign * size))


def plain_number(text: ir.StringValue, decimal: str) -> ir.FloatingValue:
    """Read a number that is nothing but digits, sign, decimal mark and exponent."""
    return _finite(_cast(text, decimal))


def _cast(text: ir.StringValue, decimal: str) -> ir.FloatingValue:
    plain = text if decimal == "." else text.translate(",.", ".x")
    return plain.try_cast("float64")


def timestamp(text: ir.StringValue, formats: Sequence[str]) -> ir.TimestampValue:
    """Read a moment out of text: by the formats in turn, or by ISO 8601 without any.

    A text that names a zone is taken to UTC.
    """
    if not formats:
        local = text.try_cast("timestamp(6)")
        zoned = _in_utc("UTC", text.try_cast("timestamp('UTC', 6)"))
        return ibis.cases(
            (text.re_search(_ZONED), zoned), (_sensible(local), local), else_=_NO_MOMENT
        )
    if any("%z" in form.lower() for form in formats):
        return _bounded(_in_utc("UTC", _strptime_zoned(text, list(formats))))
    return _bounded(_strptime(text, list(formats)))


def _identifier(raw: ir.Value, null_values: Sequence[str]) -> ir.Value:
    if raw.type().is_string():
        return stripped(raw, null_values)
    if raw.type().is_floating():
        whole = raw.try_cast("int64")
        return ibis.ifelse(whole.cast("float64") == raw, whole, ibis.null("int64"))
    return raw


def _moment(moment: ir.Value) -> ir.TimestampValue:
    if moment.type().is_timestamp() and moment.type().timezone is not None:
        moment = _in_utc("UTC", moment)
    if moment.type() != ibis.dtype("timestamp(6)"):
        moment = moment.try_cast("timestamp(6)")
    return _bounded(moment)


def _bounded(moment: ir.TimestampValue) -> ir.TimestampValue:
    return ibis.ifelse(_sensible(moment), moment, _NO_MOMENT)


def _sensible(moment: ir.TimestampValue) -> ir.BooleanValue:
    first, last = (ibis.literal(end, "timestamp(6)") for end in (_FIRST, _LAST))
    return moment.between(first, last)


def _double(numeric: ir.Value) -> ir.FloatingValue:
    return numeric if numeric.type().is_float64() else numeric.try_cast("float64")


def _finite(numeric: ir.FloatingValue) -> ir.FloatingValue:
    # NaN sorts above infinity.
    return ibis.ifelse(numeric.between(-_LARGEST, _LARGEST), numeric, ibis.null("float64"))


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
def _in_utc(_zone, _moment): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

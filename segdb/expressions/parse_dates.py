"""Parse dates: dates and times out of text and out of counts, by the formats of a reading.

Local time is kept as it stands: of "10:00+02:00" it is 10:00. With a time zone in the reading,
what names an offset is an instant and taken to that zone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

import ibis
import ibis.expr.types as ir

from segdb.expressions import parse_named_dates as named
from segdb.expressions.parse_numbers import plain, without_oddities
from segdb.expressions.zones import CLOCK, with_offsets
from segdb.source_schema import COUNTS, KEYWORDS, ColumnReading

# Infinity is a legal timestamp and no moment, and "%Y" reads the 26 of 03/04/26 as a year.
_FIRST, _LAST = "1000-01-01", "9999-12-30"
_NO_MOMENT = ibis.null("timestamp(6)")
_EPOCH = "1970-01-01"
_OFFSET = r"[-+]\d\d(?::?\d\d)?"
_ZONED = rf"{CLOCK} ?(Z|UTC|GMT|UT|{_OFFSET}|[A-Z][a-z]+/[A-Za-z_/]+)\s*$"
_PLAIN = "____-__-_____:__:__"
_COMPACT = re.compile(r"%Y%m%d(?![%\d])|%Y%m%d%H")
# A count's least and greatest value that is a plausible moment, 1990 to 2100, and how many
# microseconds one is.
_YEARS = (631_152_000, 4_102_444_800)
_UNITS: Mapping[str, float] = {"epoch_s": 1e6, "epoch_ms": 1e3, "epoch_us": 1, "epoch_ns": 1e-3}
# Excel's day 25569 is 1970-01-01; it counts a 29 February 1900, before all that is plausible.
_EXCEL_1970, _DAY = 25_569, 86_400


def tried_moment(raw: ir.Value, text: ir.StringValue, column: ColumnReading) -> ir.TimestampValue:
    """Read moments by the formats in turn, or by ISO 8601 without any.

    Args:
        raw: the values as they are: text, or numbers.
        text: the same as text.
        column: the formats, and the time zone of instants.
    """
    if column.zone_names:
        text = with_offsets(text)
    if not column.formats:
        return _iso(text, column.time_zone)
    parts = []
    for kind, formats in groupby(column.formats, _kind):
        if kind in COUNTS:
            parts.append(_counted(raw, text, kind, column.time_zone))
        elif kind == "iso":
            # "05-01-24" would be the year 5.
            four = text.re_search(r"^\s*\d{4}\D")
            parts.append(ibis.ifelse(four, _iso(text, column.time_zone), _NO_MOMENT))
        elif kind == "words":
            parts.append(_words(text, column.time_zone))
        else:
            parts.append(_by_formats(text, list(formats), column.time_zone, kind))
    return parts[0] if len(parts) == 1 else ibis.coalesce(*parts)


def bounded(moment: ir.TimestampValue, text: ir.StringValue | None = None) -> ir.TimestampValue:
    """Return the moments that a calendar has; the others, such as infinity, are NULL.

    Args:
        moment: what was read.
        text: of what; "epoch", which the engine takes for 1970, is no moment.
    """
    first, last = (ibis.literal(end, "timestamp(6)") for end in (_FIRST, _LAST))
    legal = moment.between(first, last)
    if text is not None:
        dated = (moment != ibis.literal(_EPOCH, "timestamp(6)")) | text.re_search(r"[^a-zA-Z\s]")
        legal &= dated
    return ibis.ifelse(legal, moment, _NO_MOMENT)


def local(moment: ir.TimestampValue, zone: str = "") -> ir.TimestampValue:
    """Return instants as moments without a zone, in the given one or in UTC."""
    return _in_zone(zone or "UTC", moment)


def _kind(form: str) -> str:
    if form in KEYWORDS:
        return form
    return "compact" if _COMPACT.search(form) else "formats"


def _iso(text: ir.StringValue, zone: str) -> ir.TimestampValue:
    # Nothing shorter has a time with a zone, and neither has 2024-01-05 20:08:14; a regular
    # expression takes longer. Releases of DuckDB differ in what they make of an offset.
    zoned = (text.length() > 16) & ~text.like(_PLAIN) & text.re_search(_ZONED)
    if zone:
        instant = local(_with_offset(text).try_cast("timestamp('UTC', 6)"), zone)
    else:
        instant = text.re_replace(_ZONED, r"\1").try_cast("timestamp(6)")
    return ibis.ifelse(zoned, instant, text.try_cast("timestamp(6)"))


def _with_offset(text: ir.StringValue) -> ir.StringValue:
    """Return texts that name UTC or an offset with the offset close to the time."""
    text = text.re_replace(rf"{CLOCK} ?(?:Z|UTC|GMT|UT)\s*$", r"\1+00")
    return text.re_replace(rf"{CLOCK} ?({_OFFSET})\s*$", r"\1\2")


def _by_formats(
    text: ir.StringValue, formats: Sequence[str], zone: str, kind: str
) -> ir.TimestampValue:
    if kind == "compact":
        # "%Y%m%d" would read 2024111 as one of two days.
        whole = text.re_search(r"^\s*\d{8}(?:\D|\s*$|\d{4}|\d{6})")
        text = text.re_replace(r"^(\s*\d{8})\.0\s*$", r"\1")
        text = ibis.ifelse(whole, text, ibis.null("string"))
    zoned = [form for form in formats if re.search("%[zZ]", form)]
    if not zoned:
        return _strptime(text, list(formats))
    bare = list(dict.fromkeys(re.sub(r"\s*%[zZ]", "", form) for form in formats))
    without = _strptime(text.re_replace(_ZONED, r"\1"), bare)
    if not zone:
        return without
    instant = _strptime_zoned(
        _with_offset(text), [re.sub(r"\s*%[zZ]", "%z", form) for form in zoned]
    )
    return ibis.ifelse(text.re_search(_ZONED), local(instant, zone), without)


def _words(text: ir.StringValue, zone: str) -> ir.TimestampValue:
    canonical = named.canonical(text)
    moment = _strptime(canonical, list(named.FORMATS))
    if not zone:
        return moment
    zoned, offset = named.instants(text)
    formats = [f"{form} %z" for form in named.FORMATS]
    instant = _strptime_zoned(canonical.concat(" ", offset), formats)
    return ibis.ifelse(zoned, local(instant, zone), moment)


def _counted(raw: ir.Value, text: ir.StringValue, unit: str, zone: str) -> ir.TimestampValue:
    """Read counts since 1970, or Excel's days; what is far from our time is none."""
    number: ir.NumericValue
    if unit == "epoch_ns":
        # A DOUBLE has not the digits for it.
        number = raw if raw.type().is_integer() else text.try_cast("int64")
    elif raw.type().is_numeric():
        number = raw.try_cast("float64")
    else:
        bare = text.replace(",", ".") if unit == "excel" else text
        number = without_oddities(plain(bare), bare)
    if unit == "excel":
        first, last = (seconds / _DAY + _EXCEL_1970 for seconds in _YEARS)
        # To the millisecond, which is all that Excel shows.
        micros = ((number - _EXCEL_1970) * (_DAY * 1000)).round() * 1000
    else:
        first, last = (seconds * 1e6 / _UNITS[unit] for seconds in _YEARS)
        if unit == "epoch_ns":
            # Both parts are whole, and small enough for the DOUBLE that a division gives.
            second = number % 1_000_000_000
            rest = (second - number % 1000) / 1000
            micros = ((number - second) / 1_000_000_000) * 1_000_000 + rest
        else:
            micros = (number * _UNITS[unit]).round()
    within = ibis.ifelse(number.between(first, last), micros, ibis.null(micros.type()))
    moment = _from_micros(within.cast("int64"))
    if zone and unit != "excel":
        moment = local(_as_utc("UTC", moment), zone)
    return moment


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


@ibis.udf.scalar.builtin(
    name="timezone", signature=(("string", "timestamp(6)"), "timestamp('UTC', 6)")
)
def _as_utc(_zone, _moment): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="make_timestamp", signature=(("int64",), "timestamp(6)"))
def _from_micros(_micros): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

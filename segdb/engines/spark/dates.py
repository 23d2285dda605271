"""Dates: moments out of text and out of counts, in Spark's words."""

from __future__ import annotations

import re
from collections.abc import Mapping

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

# strptime's directives as Java's letters; one letter takes one digit or two.
_LETTERS: Mapping[str, str] = {
    "Y": "yyyy", "y": "yy", "m": "M", "d": "d", "H": "H", "I": "h", "M": "m", "S": "s",
    "f": "[SSSSSS][SSSSS][SSSS][SSS][SS][S]", "p": "a", "b": "MMM", "B": "MMMM",
    "z": "".join(f"[{'x' * letters}]" for letters in (3, 2, 1)),
}  # fmt: skip
_NUMBERS = "YymdHIMS"
_OFFSET = r"([-+])(\d\d):?(\d\d)?\s*$"


def moment_by_formats(text: ir.StringValue, formats: ir.ArrayValue) -> ir.TimestampValue:
    """Read moments by the first of strptime's formats that fits; instants where they have %z."""
    array = formats.op()
    values = [v.value for v in array.exprs] if isinstance(array, ops.Array) else array.value
    bare = text.strip()
    moment = ibis.coalesce(*(_by_pattern(bare, java_pattern(form)) for form in values))
    # Spark reads an offset and leaves it out.
    return _at_utc(_later(moment, -_offset(bare))) if "%z" in values[0] else moment


def _offset(text: ir.StringValue) -> ir.IntegerValue:
    """Return the seconds that the offset at the end of a text is ahead of UTC."""
    hours, minutes = (
        text.re_extract(_OFFSET, part).nullif("").cast("int64").fill_null(0) for part in (2, 3)
    )
    seconds = hours * 3600 + minutes * 60
    return ibis.ifelse(text.re_extract(_OFFSET, 1) == "-", -seconds, seconds)


def java_pattern(form: str) -> str:
    """Return a format of strptime as a pattern of java.time."""
    # Of digits that stand close together each part has its full length.
    close = re.search(rf"%[{_NUMBERS}]%[{_NUMBERS}]", form) is not None
    parts = []
    for directive, words in re.findall(r"%(\w)|([^%]+)", form):
        letters = _LETTERS.get(directive, "")
        if directive:
            parts.append(letters * 2 if close and len(letters) == 1 else letters)
        else:
            parts.append(re.sub(r"[A-Za-z']+", _literally, words))
    return "".join(parts)


def _literally(match: re.Match[str]) -> str:
    return "'" + match[0].replace("'", "''") + "'"


def in_zone(zone: ir.StringValue, moment: ir.TimestampValue) -> ir.TimestampValue:
    """Return instants as moments without a zone, in the given one; the session is in UTC."""
    return _convert("UTC", zone, moment.cast("timestamp(6)"))


def instant(zone: ir.StringValue, moment: ir.TimestampValue) -> ir.TimestampValue:
    """Return moments of a zone as instants."""
    return _at_utc(_convert(zone, "UTC", moment))


def moment_of_micros(micros: ir.IntegerValue) -> ir.TimestampValue:
    """Return the moments of counts of microseconds since 1970."""
    return _timestamp_micros(micros).cast("timestamp(6)")


@ibis.udf.scalar.builtin(name="try_to_timestamp", signature=(("string", "string"), "timestamp(6)"))
def _by_pattern(_text, _pattern): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="segdb_later", signature=(("timestamp(6)", "int64"), "timestamp(6)"))
def _later(_moment, _seconds): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(
    name="convert_timezone", signature=(("string", "string", "timestamp(6)"), "timestamp(6)")
)
def _convert(_from, _to, _moment): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="segdb_at_utc", signature=(("timestamp(6)",), "timestamp('UTC', 6)"))
def _at_utc(_moment): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="timestamp_micros", signature=(("int64",), "timestamp('UTC', 6)"))
def _timestamp_micros(_micros): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

"""Zones: names of time zones behind a time, such as EST, as the offsets that they stand for.

The names of RFC 2822, and others that only one zone is called by. Any other name, such as IST (of
India, Israel and Ireland), is taken away, so that the local time stays as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

ZONES: Mapping[str, str] = {
    "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00",
    "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00", "AKST": "-09:00", "AKDT": "-08:00",
    "HST": "-10:00", "WET": "+00:00", "WEST": "+01:00", "CET": "+01:00", "CEST": "+02:00",
    "MEZ": "+01:00", "MESZ": "+02:00", "EET": "+02:00", "EEST": "+03:00", "MSK": "+03:00",
    "SAST": "+02:00", "JST": "+09:00", "KST": "+09:00", "HKT": "+08:00", "AWST": "+08:00",
    "ACST": "+09:30", "ACDT": "+10:30", "AEST": "+10:00", "AEDT": "+11:00", "NZST": "+12:00",
    "NZDT": "+13:00", "PKT": "+05:00", "SGT": "+08:00", "WIB": "+07:00", "BRT": "-03:00",
    "UTC": "+00:00", "GMT": "+00:00", "UT": "+00:00",
}  # fmt: skip
CLOCK = r"(:\d\d(?:[.,]\d+)?(?: ?[AaPp]\.?[Mm]\.?)?|\d{8}[T ]?\d{4}(?:\d\d)?)"
# Of two letters only UT: AM and PM are no zones.
_NAME = r"(UT|[A-Z]{3,5})"
_NAMED = rf"{CLOCK}( ?[-+]\d\d:?\d\d)? ?\(?{_NAME}\)?\s*$"
# What a cast or a format reads by itself.
_PLAIN = ("UTC", "GMT", "UT")


def has_name(value: str) -> bool:
    """Whether a time in a text is followed by a zone's name, other than UTC alone."""
    match = re.search(_NAMED, value)
    return match is not None and (match[3] not in _PLAIN or match[0].rstrip().endswith(")"))


def with_offset(value: str) -> str:
    """Return a text with the offset in the place of the zone's name, as ``with_offsets`` does."""
    match = re.search(_NAMED, value)
    if match is None:
        return value
    offset = (match[2] or "").strip() or ZONES.get(match[3], "")
    return f"{value[: match.end(1)]} {offset}".rstrip()


def with_offsets(text: ir.StringValue) -> ir.StringValue:
    """Return texts with the offset in the place of the zone's name."""
    name = text.re_extract(_NAMED, 3)
    given = text.re_extract(_NAMED, 2).strip()
    offset = name.cases(*ZONES.items(), else_="")
    bare = text.re_replace(_NAMED, r"\1").concat(" ", ibis.ifelse(given == "", offset, given))
    return ibis.ifelse(name == "", text, bare.rstrip())


def ambiguous_name(text: ir.StringValue) -> ir.StringValue:
    """Return the name of no one zone that stands behind a time with no offset; else NULL."""
    name = text.re_extract(rf"{CLOCK} ?\(?{_NAME}\)?\s*$", 2)
    return ibis.ifelse((name == "") | name.isin([*ZONES]), ibis.null("string"), name)

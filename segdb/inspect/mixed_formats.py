"""Mixed formats: values of one column that are written in several ways, counted and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import ibis.expr.types as ir

from segdb.checks.warning import DataWarning
from segdb.config.source_section import Source
from segdb.expressions.typed_source import values
from segdb.formats.toml import toml_value
from segdb.inspect import dates
from segdb.inspect.role_types import Place
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import ColumnReading, Decimal

# Excel turns texts into dates where the month that it takes them to have is one: up to here.
_MONTHS = 12
# So many dates of each kind are no accident, and so many are beyond doubt.
_FEW, _MANY = 10, 30
# From a month's first 12 days to its others.
_MONTH = timedelta(days=31)
_SWAPPED = dates.with_times("%Y-%d-%m %H:%M:%S")


@dataclass(frozen=True)
class _Form:
    """The values of one form of dates."""

    formats: tuple[str, ...]
    count: int
    first: datetime
    last: datetime
    days: tuple[int, int]
    months: int


def mixed_dates(
    place: Place, reading: ColumnReading, source: Source, ask: Ask
) -> tuple[ColumnReading, list[DataWarning]]:
    """Return how a column of dates is read, and what is said of their forms.

    Excel, set to another order than the file's, turns 05/01/2024 into 1 May and leaves 13/01/2024
    as text. Where that is beyond doubt, day and month are changed back.
    """
    by_family = dates.by_family(reading.formats)
    if reading.kind != "timestamp" or len(by_family) < 2 or isinstance(source.date_format, tuple):
        return reading, []
    forms = _forms(place, reading, by_family, source, ask)
    if len(forms) < 2:
        return reading, []
    total = sum(form.count for form in forms.values())
    counts = ", ".join(
        f"{form.count:,} as {dates.formats_in_words(form.formats)}"
        for form in sorted(forms.values(), key=lambda form: -form.count)
    )
    message = f"{place} has dates in {len(forms)} forms, and all are read: {counts}."
    share = 1 - max(form.count for form in forms.values()) / total
    swapped = _swapped(forms)
    if swapped is None:
        return reading, [DataWarning("mixed_dates", message, _line(forms.values()), share)]
    family, text, certain = swapped
    share = forms[family].count / total
    message = (
        f"{place}: the day of all {forms[family].count:,} dates written as "
        f"{dates.formats_in_words(forms[family].formats)} is {_MONTHS} or less, and of all "
        f"{forms[text].count:,} written as {dates.formats_in_words(forms[text].formats)} it is "
        "more. That is "
        "what Excel leaves when it takes days for months where it can"
    )
    others = [form for name, form in forms.items() if name != family]
    as_they_are = _line(forms.values())
    if family != dates.YEAR_FIRST:
        message += ": a SELECT that exchanges day and month of the former corrects it."
        return reading, [DataWarning("mixed_dates", message, as_they_are, share, stops=True)]
    formats = (*_SWAPPED, *(form for other in others for form in other.formats))
    corrected = replace(reading, formats=formats)
    if certain and _fits(place, corrected, total, forms[text], source, ask):
        message += ": they are read with day and month exchanged."
        return corrected, [DataWarning("mixed_dates", message, as_they_are, share)]
    exchange = toml_value([_SWAPPED[0], *(other.formats[0] for other in others)])
    message += "."
    lines = (
        f"[source] date_format = {exchange} to exchange them back, or {as_they_are} to keep them"
    )
    return reading, [DataWarning("mixed_dates", message, lines, share, stops=True)]


def mixed_numbers(
    place: Place, reading: ColumnReading, source: Source, ask: Ask
) -> list[DataWarning]:
    """Return what is said of numbers of which some have a decimal point and others a comma."""
    if reading.kind != "number" or reading.mixed == "no":
        return []
    marks: Mapping[str, Decimal] = {"point": ".", "comma": ","}
    ways = {name: replace(reading, decimal=mark, mixed="no") for name, mark in marks.items()}
    text = place.table[place.column].cast("string").strip()
    rows = values(place.table, ways, source.null_values, {"text": text})
    point, comma, text = rows.point, rows.comma, rows.text
    either = point.notnull() & comma.notnull() & (point != comma)
    row = ask(
        rows.agg(
            point=(point.notnull() & comma.isnull()).sum(),
            comma=(comma.notnull() & point.isnull()).sum(),
            either=either.sum(),
            example=text.min(where=either),
        )
    ).to_pylist()[0]
    counts = {key: int(row[key] or 0) for key in ("point", "comma", "either")}
    message = (
        f"{place} has numbers with a decimal point ({counts['point']:,}) and with a decimal comma "
        f"({counts['comma']:,}), and both are read."
    )
    if counts["either"]:
        could = f"{counts['either']:,} such as {row['example']!r} could be either"
        read = "are not read" if reading.mixed == "clear" else f'are read with "{reading.decimal}"'
        message += f" {could} and {read}."
    share = (min(counts["point"], counts["comma"]) + counts["either"]) / max(
        sum(counts.values()), 1
    )
    other = "," if reading.mixed == "decimal" and reading.decimal == "." else "."
    line = f'[source] decimal = "{other}" reads what could be either so'
    return [DataWarning("mixed_numbers", message, line if counts["either"] else "", share)]


def _forms(
    place: Place,
    reading: ColumnReading,
    by_family: Mapping[str, tuple[str, ...]],
    source: Source,
    ask: Ask,
) -> dict[str, _Form]:
    """Return the forms that occur."""
    ways = {
        f"m{at}": replace(reading, formats=formats) for at, formats in enumerate(by_family.values())
    }
    rows = values(place.table, ways, source.null_values)
    asked: dict[str, ir.Scalar] = {}
    for at in range(len(by_family)):
        moment = rows[f"m{at}"]
        asked |= {
            f"n{at}": moment.count(), f"first{at}": moment.min(), f"last{at}": moment.max(),
            f"least{at}": moment.day().min(), f"most{at}": moment.day().max(),
            f"months{at}": moment.month().nunique(),
        }  # fmt: skip
    row = ask(rows.agg(**asked)).to_pylist()[0]
    return {
        family: _Form(
            formats,
            row[f"n{at}"],
            row[f"first{at}"],
            row[f"last{at}"],
            (row[f"least{at}"], row[f"most{at}"]),
            row[f"months{at}"],
        )
        for at, (family, formats) in enumerate(by_family.items())
        if row[f"n{at}"]
    }


def _swapped(forms: Mapping[str, _Form]) -> tuple[str, str, bool] | None:
    """Return the form that looks as if Excel had exchanged day and month, and that of the text."""
    families = set(forms)
    stored = families & {dates.YEAR_FIRST, "excel"}
    texts = families & {dates.DAY_FIRST, dates.MONTH_FIRST}
    if len(families) != 2 or len(stored) != 1 or len(texts) != 1:
        return None
    family, text = stored.pop(), texts.pop()
    dated, written = forms[family], forms[text]
    if dated.days[1] > _MONTHS or written.days[0] <= _MONTHS:
        return None
    fewest = min(dated.count, written.count)
    if fewest < _FEW:
        return None
    # A shop that wrote its dates otherwise from a 13th on has one month of each.
    return family, text, fewest >= _MANY and dated.months > 2


def _fits(
    place: Place, corrected: ColumnReading, total: int, written: _Form, source: Source, ask: Ask
) -> bool:
    """Whether a reading reads all dates, and none far from those that are surely right."""
    rows = values(place.table, {"moment": corrected}, source.null_values)
    moment = rows.moment
    row = ask(rows.agg(n=moment.count(), first=moment.min(), last=moment.max())).to_pylist()[0]
    near = written.first - _MONTH <= row["first"] and row["last"] <= written.last + _MONTH
    return bool(near and row["n"] == total)


def _line(forms: Any) -> str:
    return f"[source] date_format = {toml_value([form.formats[0] for form in forms])}"

"""Role types: how a column is read because of its role, or why it cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from segdb.config.source_section import Source
from segdb.errors import SourceError
from segdb.formats.toml import toml_value
from segdb.inspect import dates
from segdb.inspect.measure_readings import Fit, failing, measure
from segdb.inspect.questions import OpenQuestionError
from segdb.inspect.type_inference import InferredType
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import ColumnReading, Kind, Role

_WORDS: Mapping[bool, tuple[str, Kind]] = {True: ("date", "timestamp"), False: ("number", "number")}
# The share of a column that must read as a kind.
ENOUGH = 0.5


@dataclass(frozen=True)
class Place:
    """A column in a role, for reading it and for saying where the trouble is."""

    table: ir.Table
    column: str
    role: Role | Literal["attribute"]
    origin: str
    run_id: int | None = None

    def advice(self, words: str) -> str:
        """Return what to do: as said, or in a SELECT where the settings are those of a run."""
        if self.run_id is None:
            return words
        return f"Run {self.run_id} has its settings already: give a SELECT that converts it."

    @property
    def setting(self) -> str:
        """The key of the settings that names the column."""
        return "[features] attributes" if self.role == "attribute" else f"[columns] {self.role}"

    def __str__(self) -> str:
        return f"{self.origin}, column '{self.column}' ({self.role})"


def native(name: str, source: Source) -> ColumnReading:
    """Return how a column of another type than text is read."""
    zone = source.time_zone or ""
    return ColumnReading(name, "native", time_zone=zone, null_values=source.missing_of(name))


def role_reading(
    place: Place, inferred: InferredType | None, source: Source, ask: Ask
) -> ColumnReading:
    """Return how a column of a role is read.

    Raises:
        SourceError: fewer than half of its values can be, or they can be read in two ways.
    """
    kind = place.table[place.column].type()
    moment = place.role == "ordered_at"
    if _is_plain(kind, moment=moment):
        return native(place.column, source)
    if not (kind.is_string() or (moment and kind.is_numeric() and not kind.is_boolean())):
        what = _WORDS[moment][0]
        advice = f"Name another column in {place.setting}, or give a SELECT that converts it."
        raise SourceError(f"{place} is of type {kind} and no {what}. {place.advice(advice)}")
    fit = (inferred.moment if moment else inferred.number) if inferred else None
    if fit is not None and place.role != "attribute" and inferred is not None and inferred.percent:
        # What 7% is of, nobody knows: it is no amount and no number of pieces.
        bare = replace(fit.reading, percent=False)
        read = measure(place.table, {place.column: [bare]}, source.null_values, ask)
        fit = Fit(bare, read[place.column][0].share, fit.rival, fit.example)
    if fit is None or fit.share < ENOUGH:
        raise _unreadable(place, fit, source, ask)
    if fit.rival is not None:
        raise _undecided(place, fit, fit.rival)
    return fit.reading


def _is_plain(kind: dt.DataType, *, moment: bool) -> bool:
    plain = kind.is_date() or kind.is_timestamp() if moment else kind.is_numeric()
    return bool(plain) and not kind.is_boolean()


def _unreadable(place: Place, fit: Fit | None, source: Source, ask: Ask) -> SourceError:
    moment = place.role == "ordered_at"
    what, wanted = _WORDS[moment]
    tried = fit.reading if fit else ColumnReading(place.column, wanted)
    share = f"{fit.share:.0%} of" if fit else "fewer than half of"
    unread = failing(place.table, tried, source.null_values, ask)
    if unread is None and (fit is None or not fit.share):
        advice = place.advice(f"Name another column in {place.setting}.")
        return SourceError(f"{place} has no value in any row. {advice}")
    example = f", and not {unread!r}" if unread is not None else ""
    if moment:
        forms = dates.guesses(unread or "")
        lines = " or ".join(f"date_format = {toml_value(form)}" for form in forms)
        advice = f"If it is a date, add to the settings: [source] {lines}; else name"
    elif unread is not None and "%" in unread:
        advice = "A percentage is no amount: give a SELECT that multiplies it out, or name"
    else:
        advice = "Set [source] decimal, give a SELECT that converts it, or name"
    advice += f" another column in {place.setting}."
    return SourceError(
        f"{place}: {share} its values can be read as a {what}{example}. {place.advice(advice)}"
    )


def _undecided(place: Place, fit: Fit, rival: ColumnReading) -> SourceError:
    ways = (fit.reading, rival)
    choices: list[str | list[str]]
    if fit.reading.kind == "timestamp":
        first, second = (f"as {dates.formats_in_words(way.formats)}" for way in ways)
        key, choices = "date_format", [_choice(way.formats) for way in ways]
    else:
        first, second = "with a decimal point", "with a decimal comma"
        key, choices = "decimal", [".", ","]
        if ways[0].decimal == "," and ways[0].mixed == "no":
            first, second, choices = second, first, [",", "."]
    lines = [f"{key} = {toml_value(choice)}" for choice in choices]
    advice = f"Add to the settings: [source] {lines[0]} or {lines[1]}."
    return OpenQuestionError(
        f"{place}: {fit.example!r} could be written {first} or {second}, and the other values do "
        f"not tell. {place.advice(advice)}",
        "source",
        key,
        choices,
    )


def _choice(formats: Sequence[str]) -> str | list[str]:
    """Return the first format of each family, which is how a setting says them."""
    first = [forms[0] for forms in dates.by_family(formats).values()]
    return first[0] if len(first) == 1 else first

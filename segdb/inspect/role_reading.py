"""Role readings: how a column is read because of its role, or why it cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir

from segdb.errors import SourceError
from segdb.inspect import dates
from segdb.inspect.judge import Fit, Judgement, failing
from segdb.inspect.questions import OpenQuestionError
from segdb.inspect.shapes import Ask
from segdb.reading import ColumnReading, Kind, Role
from segdb.settings import Source

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


def role_reading(place: Place, judged: Judgement | None, source: Source, ask: Ask) -> ColumnReading:
    """Return how a column of a role is read.

    Raises:
        SourceError: fewer than half of its values can be, or they can be read in two ways.
    """
    kind = place.table[place.column].type()
    moment = place.role == "ordered_at"
    what, wanted = _WORDS[place.role == "ordered_at"]
    plain = kind.is_date() or kind.is_timestamp() if moment else kind.is_numeric()
    if plain and not kind.is_boolean():
        return ColumnReading(place.column, "native")
    if not (kind.is_string() or (moment and kind.is_integer())):
        advice = f"Name another column in {place.setting}, or give a SELECT that converts it."
        raise SourceError(f"{place} is of type {kind} and no {what}. {place.advice(advice)}")
    fit = (judged.moment if moment else judged.number) if judged else None
    if fit is None or fit.share < ENOUGH:
        tried = fit.reading if fit else ColumnReading(place.column, wanted)
        share = f"{fit.share:.0%} of" if fit else "fewer than half of"
        unread = failing(place.table, tried, source.null_values, ask)
        example = f", and not {unread!r}" if unread is not None else ""
        option = "date_format" if moment else "decimal"
        advice = f"Set [source] {option}, or name another column in {place.setting}."
        raise SourceError(
            f"{place}: {share} its values can be read as a {what}{example}. {place.advice(advice)}"
        )
    if fit.rival is not None:
        raise _undecided(place, fit, fit.rival)
    return fit.reading


def _undecided(place: Place, fit: Fit, rival: ColumnReading) -> SourceError:
    if fit.reading.kind == "timestamp":
        first, second = (f"as {dates.told(way.formats)}" for way in (fit.reading, rival))
        key, choices = "date_format", [way.formats[0] for way in (fit.reading, rival)]
    else:
        words = {".": "with a decimal point", ",": "with a decimal comma"}
        first, second = (words[way.decimal] for way in (fit.reading, rival))
        key, choices = "decimal", [way.decimal for way in (fit.reading, rival)]
    lines = [f'{key} = "{choice}"' for choice in choices]
    advice = f"Add to the settings: [source] {lines[0]} or {lines[1]}."
    return OpenQuestionError(
        f"{place}: {fit.example!r} could be written {first} or {second}, and the other values do "
        f"not tell. {place.advice(advice)}",
        "source",
        key,
        choices,
    )

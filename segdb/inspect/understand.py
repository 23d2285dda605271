"""Understand: from raw columns to a reading, with words for what was inferred."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from segdb.checks.warning import DataWarning
from segdb.errors import SourceError
from segdb.inspect import dates
from segdb.inspect.candidates import Column
from segdb.inspect.judge import Fit, Judgement, failing, judge
from segdb.inspect.money import Money, numbers_of
from segdb.inspect.names import is_identifier
from segdb.inspect.orders import identities, orders
from segdb.inspect.questions import OpenQuestionError
from segdb.inspect.roles import Chooser
from segdb.inspect.shapes import Ask
from segdb.reading import ColumnReading, Kind, Reading, Role
from segdb.settings import Clean, Columns, Source

_MEASURED: frozenset[Role] = frozenset({"ordered_at", "amount", "quantity", "unit_price"})
_WORDS: Mapping[bool, tuple[str, Kind]] = {True: ("date", "timestamp"), False: ("number", "number")}
# The share of a column that must read as a kind, with and without a role.
_ENOUGH, _NEARLY_ALL = 0.5, 0.99


@dataclass(frozen=True)
class Understood:
    """What the columns of a source are.

    Attributes:
        reading: the kind of each column, and the roles.
        notes: what was inferred, in words.
        warnings: what may make the result wrong.
    """

    reading: Reading
    notes: tuple[str, ...]
    warnings: tuple[DataWarning, ...] = ()


def understand(
    raw_table: ir.Table,
    origin: str,
    ask: Ask,
    source: Source,
    columns: Columns,
    kind: Literal["orders", "customers"],
    attributes: Collection[str] = (),
    run_id: int | None = None,
    clean: Clean = Clean(),  # noqa: B008 - frozen
    open_roles: Collection[str] = (),
) -> Understood:
    """Find the kind of each column and the roles.

    Args:
        raw_table: raw rows; text files arrive as text.
        origin: what to call the source in messages.
        ask: runs a small query.
        source: what the settings say of numbers, dates and missing values.
        columns: the roles that the settings name.
        kind: what the rows are.
        attributes: columns that the settings want as numbers.
        run_id: the run whose settings they are, so that nobody can change them; None for a new
            run.
        clean: what an amount is of, which ids are one, and whether each row is an order.
        open_roles: roles that are left without a column.

    Returns:
        The reading, and what was inferred or looks wrong.

    Raises:
        SourceError: a column is not there, cannot be found or read, or can be read in two ways.
    """
    schema = raw_table.schema()
    judged = _judged(raw_table, source, columns, attributes, ask)
    described = [_column(name, schema[name], judged.get(name)) for name in schema.names]
    chooser = Chooser(raw_table, origin, described, ask, source.null_values, run_id, open_roles)
    if kind == "orders":
        chooser.orders(columns)
        number = numbers_of(raw_table, judged, source.null_values)
        Money(raw_table, number, chooser.roles, chooser.inferred, ask, chooser.warnings).settle()
    else:
        chooser.customers(columns)
    by_column: dict[str, Role] = {name: role for role, name in chooser.roles.items()}
    numbers = {name.lower() for name in attributes}
    read = []
    for name in schema.names:
        role, found = by_column.get(name), judged.get(name)
        if role is not None and role in _MEASURED:
            place = _Place(raw_table, name, role, origin, run_id)
            read.append(_role_reading(place, found, source, ask))
        elif name.lower() in numbers:
            place = _Place(raw_table, name, "attribute", origin, run_id)
            read.append(_role_reading(place, found, source, ask))
        else:
            read.append(_reading(name, schema[name], found, role))
    reading = Reading(tuple(read), chooser.roles, source.null_values)
    reading, warnings = identities(raw_table, reading, clean, ask)
    if kind == "orders":
        reading, more = orders(raw_table, reading, clean, ask)
        warnings += more
    notes = _notes(kind, reading, chooser.inferred)
    return Understood(reading, notes, (*chooser.warnings, *warnings))


def _judged(
    table: ir.Table, source: Source, columns: Columns, attributes: Collection[str], ask: Ask
) -> Mapping[str, Judgement]:
    """Return what the columns could be that are not ids by their names, or are declared."""
    schema = table.schema()
    declared = {str(name).lower() for _, name in columns if name is not None}
    declared |= {name.lower() for name in attributes}
    texts = [
        name
        for name in schema.names
        if schema[name].is_string() and (not is_identifier(name) or name.lower() in declared)
    ]
    compact = [name for name in schema.names if _maybe_compact(name, schema[name], columns)]
    return judge(table, [*texts, *compact], source, ask)


def _maybe_compact(name: str, kind: dt.DataType, columns: Columns) -> bool:
    """Whether a column of integers could be dates such as 20260331."""
    return kind.is_integer() and (columns.ordered_at or "").lower() == name.lower()


def _column(name: str, kind: dt.DataType, judged: Judgement | None) -> Column:
    able: set[Literal["number", "moment", "id"]] = set()
    if kind.is_numeric() and not kind.is_boolean():
        able |= {"number", "id"}
    elif kind.is_temporal() and not (kind.is_time() or kind.is_interval()):
        able.add("moment")
    elif kind.is_uuid() or kind.is_string():
        able.add("id")
    if judged is not None:
        if judged.number and judged.number.share >= _ENOUGH:
            able.add("number")
        if judged.moment and judged.moment.share >= _ENOUGH:
            able.add("moment")
    return Column(name, frozenset(able), kind.is_string())


def _reading(
    name: str, kind: dt.DataType, judged: Judgement | None, role: Role | None
) -> ColumnReading:
    if not kind.is_string():
        return ColumnReading(name, "native")
    if judged is not None and role is None and not is_identifier(name):
        for fit in (judged.moment, judged.number):
            if fit is None or fit.share < _NEARLY_ALL:
                continue
            if fit.rival is None:
                return fit.reading
            if fit.reading.kind == "number":
                return ColumnReading(name, "number")
    return ColumnReading(name, "text")


@dataclass(frozen=True)
class _Place:
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


def _role_reading(
    place: _Place, judged: Judgement | None, source: Source, ask: Ask
) -> ColumnReading:
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
    if fit is None or fit.share < _ENOUGH:
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


def _undecided(place: _Place, fit: Fit, rival: ColumnReading) -> SourceError:
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


def _notes(kind: str, reading: Reading, inferred: list[Role]) -> tuple[str, ...]:
    notes = []
    roles: Mapping[Role, str] = reading.roles
    told = [
        f"{role} = {roles[role]}" for role in inferred if role in roles and role != "unit_price"
    ]
    if "unit_price" in inferred:
        told = [words for words in told if not words.startswith("quantity")]
        told.append(f"amount = {roles['quantity']} × {roles['unit_price']}")
    if told:
        notes.append(f"{kind}: {', '.join(told)}")
    moments = {dates.told(c.formats) for c in reading.columns if c.kind == "timestamp"}
    if moments:
        notes.append(f"{kind}: dates read as {' and '.join(sorted(moments))}")
    if any(c.kind == "number" and c.decimal == "," for c in reading.columns):
        notes.append(f"{kind}: numbers read with a decimal comma")
    return tuple(notes)

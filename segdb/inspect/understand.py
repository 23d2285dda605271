"""Understand: from raw columns to a reading, with words for what was inferred."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from segdb.errors import SourceError
from segdb.inspect import dates
from segdb.inspect.judge import Fit, Judgement, judge
from segdb.inspect.names import is_identifier
from segdb.inspect.roles import Chooser, Column
from segdb.inspect.shapes import Ask
from segdb.reading import ColumnReading, Kind, Reading, Role
from segdb.settings import Columns, Source

_NUMERIC: tuple[Role, ...] = ("amount", "quantity", "unit_price")
# The share of a column that must read as a kind, with and without a role.
_ENOUGH, _NEARLY_ALL = 0.5, 0.99


def understand(
    raw_table: ir.Table,
    origin: str,
    ask: Ask,
    source: Source,
    columns: Columns,
    kind: Literal["orders", "customers"],
    wanted: frozenset[Role] = frozenset(),
) -> tuple[Reading, tuple[str, ...]]:
    """Find the kind of each column and the roles.

    Args:
        raw_table: raw rows; text files arrive as text.
        origin: what to call the source in messages.
        ask: runs a small query.
        source: what the settings say of numbers, dates and missing values.
        columns: the roles that the settings name.
        kind: what the rows are.
        wanted: optional roles that must be there.

    Returns:
        The reading, and in words what was inferred.

    Raises:
        SourceError: a column is not there, cannot be found or read, or can be read in two ways.
    """
    schema = raw_table.schema()
    declared = {str(name).lower() for _, name in columns if name is not None}
    texts = [
        name
        for name in schema.names
        if schema[name].is_string() and (not is_identifier(name) or name.lower() in declared)
    ]
    compact = [name for name in schema.names if _maybe_compact(name, schema[name], columns)]
    judged = judge(raw_table, [*texts, *compact], source, ask)
    described = [_column(name, schema[name], judged.get(name)) for name in schema.names]
    chooser = Chooser(raw_table, origin, described, ask)
    if kind == "orders":
        chooser.orders(columns)
    else:
        chooser.customers(columns)
    for role in sorted(wanted - chooser.roles.keys()):
        raise SourceError(
            f"No column of {origin} looks like the {role}, which the settings need. Name it: "
            f'[columns] {role} = "…".'
        )
    by_column = {name: role for role, name in chooser.roles.items()}
    read = tuple(
        _reading(name, schema[name], judged.get(name), by_column.get(name), origin)
        for name in schema.names
    )
    reading = Reading(read, chooser.roles, source.null_values)
    return reading, _notes(kind, reading, chooser.inferred)


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
    name: str, kind: dt.DataType, judged: Judgement | None, role: Role | None, origin: str
) -> ColumnReading:
    if role is not None and role not in ("customer_id", "order_id", "category"):
        return _role_reading(name, kind, judged, role, origin)
    if not kind.is_string():
        return ColumnReading(name, "native")
    number, moment = (judged.number, judged.moment) if judged else (None, None)
    if role is None and not is_identifier(name):
        for fit in (moment, number):
            if fit and fit.share >= _NEARLY_ALL:
                if fit.rival is None:
                    return fit.reading
                if fit.reading.kind == "number":
                    return ColumnReading(name, "number")
    return ColumnReading(name, "text")


def _role_reading(
    name: str, kind: dt.DataType, judged: Judgement | None, role: Role, origin: str
) -> ColumnReading:
    wanted: Kind = "number" if role in _NUMERIC else "timestamp"
    what = "a number" if wanted == "number" else "a date"
    plain = kind.is_numeric() if wanted == "number" else kind.is_temporal()
    if plain and not kind.is_boolean():
        return ColumnReading(name, "native")
    fit = (judged.number if wanted == "number" else judged.moment) if judged else None
    if fit is None or fit.share < _ENOUGH:
        raise _unreadable(name, role, what, fit, origin, kind)
    if fit.rival is not None:
        raise _undecided(name, role, fit, origin)
    return fit.reading


def _unreadable(
    name: str, role: Role, what: str, fit: Fit | None, origin: str, kind: dt.DataType
) -> SourceError:
    option = "date_format" if role == "ordered_at" else "decimal"
    if not kind.is_string():
        return SourceError(
            f"{origin}, column '{name}' ({role}) is of type {kind} and no {what[2:]}. Name another "
            f"column in [columns] {role}, or give a SELECT that converts it."
        )
    share = f"{fit.share:.0%}" if fit else "hardly one"
    example = f", such as {fit.failing!r}" if fit and fit.failing is not None else ""
    return SourceError(
        f"{origin}, column '{name}' ({role}): {share} of the values can be read as {what}{example}."
        f" Set [source] {option}, or name another column in [columns] {role}."
    )


def _undecided(name: str, role: Role, fit: Fit, origin: str) -> SourceError:
    rival = fit.rival or fit.reading
    if role == "ordered_at":
        first, second = dates.told(fit.reading.formats), dates.told(rival.formats)
        lines = [f'date_format = "{way.formats[0]}"' for way in (fit.reading, rival)]
    else:
        words = {".": "a decimal point", ",": "a decimal comma"}
        first, second = words[fit.reading.decimal], words[rival.decimal]
        lines = [f'decimal = "{way.decimal}"' for way in (fit.reading, rival)]
    return SourceError(
        f"{origin}, column '{name}' ({role}): {fit.example!r} could be written as {first} or as "
        f"{second}, and every value fits both. Add to the settings: [source] {lines[0]} or "
        f"{lines[1]}."
    )


def _notes(kind: str, reading: Reading, inferred: list[Role]) -> tuple[str, ...]:
    notes = []
    roles: Mapping[Role, str] = reading.roles
    told = [f"{role} = {roles[role]}" for role in inferred if role != "unit_price"]
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

"""Infer schema: from raw columns to a reading, with words for what was inferred."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from segdb.checks.warning import DataWarning
from segdb.config.sections import Columns
from segdb.config.source_section import Source
from segdb.inspect import dates
from segdb.inspect.calendars import old_dates
from segdb.inspect.candidates import Column
from segdb.inspect.decimals import with_decimals
from segdb.inspect.header_vocabulary import is_identifier, score
from segdb.inspect.mixed_formats import mixed_dates, mixed_numbers
from segdb.inspect.money import Money, numbers_of
from segdb.inspect.order_structure import identities, orders
from segdb.inspect.role_types import ENOUGH, Place, native, role_reading
from segdb.inspect.roles import Chooser
from segdb.inspect.schema_hints import SchemaHints
from segdb.inspect.twin_columns import twin_columns
from segdb.inspect.type_inference import InferredType, infer_types
from segdb.inspect.value_patterns import Ask
from segdb.inspect.zones import ambiguous_zones
from segdb.source_schema import ColumnReading, Reading, Role

_MEASURED: frozenset[Role] = frozenset({"ordered_at", "amount", "quantity", "unit_price"})
# The share of a column without a role that must read as a kind.
_NEARLY_ALL = 0.99


@dataclass(frozen=True)
class InferredSchema:
    """What the columns of a source are.

    Attributes:
        reading: the kind of each column, and the roles.
        notes: what was inferred, in words.
        warnings: what may make the result wrong.
    """

    reading: Reading
    notes: tuple[str, ...]
    warnings: tuple[DataWarning, ...] = ()


def infer_schema(
    raw_table: ir.Table,
    origin: str,
    ask: Ask,
    kind: Literal["orders", "customers"],
    hints: SchemaHints,
) -> InferredSchema:
    """Find the kind of each column and the roles.

    Args:
        raw_table: raw rows; text files arrive as text.
        origin: what to call the source in messages.
        ask: runs a small query.
        kind: what the rows are.
        hints: what the settings say of the columns.

    Returns:
        The reading, and what was inferred or looks wrong.

    Raises:
        SourceError: a column is not there, cannot be found or read, or can be read in two ways.
    """
    schema, source = raw_table.schema(), hints.source
    attributes = hints.attributes if kind == "customers" else ()
    inferred_types = _types_of(raw_table, source, hints.columns, attributes, ask)
    described = [_column(name, schema[name], inferred_types.get(name)) for name in schema.names]
    moments = {name: each.moment.reading for name, each in inferred_types.items() if each.moment}
    chooser = Chooser(raw_table, origin, described, ask, hints, moments)
    if kind == "orders":
        chooser.orders()
        number = numbers_of(raw_table, inferred_types, source.null_values)
        Money(raw_table, number, chooser.roles, chooser.inferred, ask, chooser.warnings).settle()
    else:
        chooser.customers()
    read = _readings(chooser, inferred_types, attributes, source)
    read, of_values = _with_forms(chooser, read, source)
    reading = Reading(read, chooser.roles, source.null_values)
    chooser.warnings.extend(twin_columns(raw_table, chooser.roles, chooser.inferred, ask))
    reading, warnings = identities(raw_table, reading, hints.clean, ask)
    if kind == "orders":
        reading, more = orders(raw_table, reading, hints.clean, ask)
        reading = with_decimals(raw_table, reading, ask)
        warnings += more
    notes = _notes(kind, reading, chooser.inferred)
    return InferredSchema(reading, notes, (*chooser.warnings, *of_values, *warnings))


def _readings(
    chooser: Chooser,
    inferred_types: Mapping[str, InferredType],
    attributes: Collection[str],
    source: Source,
) -> tuple[ColumnReading, ...]:
    """Return how each column is read: as its role or the settings want, else as its values are."""
    schema = chooser.table.schema()
    by_column: dict[str, Role] = {name: role for role, name in chooser.roles.items()}
    numbers = {name.lower() for name in attributes}
    read = []
    for name in schema.names:
        role, inferred_type = by_column.get(name), inferred_types.get(name)
        if role is not None and role in _MEASURED:
            place = Place(chooser.table, name, role, chooser.origin, chooser.hints.run_id)
            read.append(role_reading(place, inferred_type, source, chooser.ask))
        elif name.lower() in numbers:
            place = Place(chooser.table, name, "attribute", chooser.origin, chooser.hints.run_id)
            read.append(role_reading(place, inferred_type, source, chooser.ask))
        else:
            read.append(_reading(name, schema[name], inferred_type, role, source))
    return tuple(read)


def _with_forms(
    chooser: Chooser, columns: tuple[ColumnReading, ...], source: Source
) -> tuple[tuple[ColumnReading, ...], list[DataWarning]]:
    """Return the readings, and what is said of values in several forms and of odd calendars."""
    roles = {name: role for role, name in chooser.roles.items()}
    read, warnings = [], []
    for column in columns:
        role = roles.get(column.name)
        place = Place(chooser.table, column.name, role or "attribute", chooser.origin)
        if role == "ordered_at":
            column, more = mixed_dates(place, column, source, chooser.ask)  # noqa: PLW2901
            warnings += [*more, *old_dates(place, column, source, chooser.ask)]
            warnings += ambiguous_zones(place, column, source, chooser.ask)
        warnings += mixed_numbers(place, column, source, chooser.ask)
        read.append(column)
    return tuple(read), warnings


def _types_of(
    table: ir.Table, source: Source, columns: Columns, attributes: Collection[str], ask: Ask
) -> Mapping[str, InferredType]:
    """Return what the columns could be that are not ids by their names, or are declared."""
    schema = table.schema()
    declared = {str(name).lower() for _, name in columns if name is not None}
    declared |= {name.lower() for name in attributes}
    texts = [
        name
        for name in schema.names
        if schema[name].is_string() and (not is_identifier(name) or name.lower() in declared)
    ]
    counted = {name for name in schema.names if _maybe_counted(name, columns)}
    numeric = [
        name
        for name in schema.names
        if name in counted and schema[name].is_numeric() and not schema[name].is_boolean()
    ]
    return infer_types(table, [*texts, *numeric], source, ask, counted)


def _maybe_counted(name: str, columns: Columns) -> bool:
    """Whether numbers in a column could be dates: 20260331, seconds since 1970, Excel's days."""
    if columns.ordered_at is not None:
        return columns.ordered_at.lower() == name.lower()
    return score("ordered_at", name) > 0


def _column(name: str, kind: dt.DataType, inferred: InferredType | None) -> Column:
    able: set[Literal["number", "moment", "id"]] = set()
    if kind.is_numeric() and not kind.is_boolean():
        able |= {"number", "id"}
    elif kind.is_temporal() and not (kind.is_time() or kind.is_interval()):
        able.add("moment")
    elif kind.is_uuid() or kind.is_string():
        able.add("id")
    if inferred is not None:
        if inferred.number and inferred.number.share >= ENOUGH:
            able.add("number")
        if inferred.moment and inferred.moment.share >= ENOUGH:
            able.add("moment")
    return Column(name, frozenset(able), kind.is_string())


def _reading(
    name: str, kind: dt.DataType, inferred: InferredType | None, role: Role | None, source: Source
) -> ColumnReading:
    if not kind.is_string():
        return native(name, source)
    missing = source.missing_of(name)
    if inferred is not None and role is None and not is_identifier(name):
        for fit in (inferred.moment, inferred.number):
            if fit is None or fit.share < _NEARLY_ALL:
                continue
            if fit.rival is None:
                return fit.reading
            if fit.reading.kind == "number":
                return ColumnReading(name, "number", null_values=missing)
    return ColumnReading(name, "text", null_values=missing)


def _notes(kind: str, reading: Reading, inferred: list[Role]) -> tuple[str, ...]:
    notes = []
    roles: Mapping[Role, str] = reading.roles
    said_roles = [
        f"{role} = {roles[role]}" for role in inferred if role in roles and role != "unit_price"
    ]
    if "unit_price" in inferred:
        said_roles = [words for words in said_roles if not words.startswith("quantity")]
        said_roles.append(f"amount = {roles['quantity']} × {roles['unit_price']}")
    if said_roles:
        notes.append(f"{kind}: {', '.join(said_roles)}")
    moments = {dates.formats_in_words(c.formats) for c in reading.columns if c.kind == "timestamp"}
    if moments:
        notes.append(f"{kind}: dates read as {' and '.join(sorted(moments))}")
    if any(c.kind == "number" and c.decimal == "," for c in reading.columns):
        notes.append(f"{kind}: numbers read with a decimal comma")
    return tuple(notes)

"""Sources of exported SQL: a table of the engine that the user names, with typed columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import sqlglot
from sqlglot import exp

from segdb.errors import SettingsError
from segdb.exports.dialects import Dialect
from segdb.expressions.parse_dates import local
from segdb.expressions.parse_text import settled, tried, without
from segdb.source_schema import COUNTS, ColumnReading, Reading

_MOMENT = dt.Timestamp(scale=6)


@dataclass(frozen=True)
class Read:
    """A source as the stages of an exported run read it.

    Attributes:
        expression: its columns, cast where segdb had to read them out of text.
        reading: how the stages read them: numbers and moments are the engine's own.
    """

    expression: ir.Table
    reading: Reading


def typed_table(raw: ir.Table, reading: Reading, key: dt.DataType | None, dialect: Dialect) -> Read:
    """Return how a table with the source's columns is read.

    Args:
        raw: the source's columns, as they were when segdb read them.
        reading: how segdb read them.
        key: the type of the orders' customer ids, which the customers' become; None for the
            orders themselves.
        dialect: of the engine.
    """
    declared = {c.name: _declared(raw.schema()[c.name], c, dialect) for c in reading.columns}
    table = ibis.table(declared, name=raw.get_name())
    columns = {
        c.name: _value(table[c.name], raw.schema()[c.name], c, reading, dialect)
        for c in reading.columns
    }
    identifier = reading.roles["customer_id"]
    if key is not None and columns[identifier].type() != key:
        columns[identifier] = columns[identifier].cast(key)
    kinds = tuple(
        c if c.kind == "text" and columns[c.name].type().is_string() else _native(c)
        for c in reading.columns
    )
    return Read(table.select(**columns), replace(reading, columns=kinds))


def reads_from(sql: str, name: str, dialect: Dialect) -> str:
    """Put the user's table in the place of the one that a SELECT reads.

    Raises:
        SettingsError: the name is no table's.
    """
    try:
        wanted: Any = exp.to_table(name, dialect=dialect.compiler)
    except sqlglot.errors.SqlglotError:
        wanted = None
    if not isinstance(wanted, exp.Table) or wanted.alias or not wanted.name or ";" in name:
        raise SettingsError(
            f"{name!r} is no name of a table. Write it as {dialect.name} does, such as shop.orders."
        )
    tree = sqlglot.parse_one(sql, read=dialect.compiler)
    for table in list(tree.find_all(exp.Table)):
        chosen = wanted.copy()
        chosen.set("alias", table.args.get("alias"))
        table.replace(chosen)
    return tree.sql(dialect=dialect.compiler, pretty=True)


def _declared(kind: dt.DataType, column: ColumnReading, dialect: Dialect) -> dt.DataType:
    # BigQuery's TIMESTAMP and DATETIME do not compare, and a table has either.
    either = kind.is_timestamp() and dialect.name == "bigquery"
    if column.kind != "native" or either:
        return dt.unknown  # whatever the engine has there is cast
    # Zones and fractions finer than a microsecond are segdb's reading, not the engine's table.
    return _MOMENT if kind.is_timestamp() else kind


def _value(
    value: ir.Value, kind: dt.DataType, column: ColumnReading, reading: Reading, dialect: Dialect
) -> ir.Value:
    value = without(value, column.null_values) if column.kind == "native" else value
    moment = column.kind == "timestamp" or reading.roles.get("ordered_at") == column.name
    counts = [form for form in column.formats if form in COUNTS]
    if column.kind == "timestamp" and counts and kind.is_numeric():
        # The engine's own conversions of numbers differ; this one needs a function of DuckDB.
        return settled(tried(value.cast(kind), column), value.cast(kind), column, ())
    if kind.is_timestamp() and kind.timezone is not None and column.time_zone:
        return local(value.cast("timestamp('UTC', 6)"), column.time_zone)
    if dialect.name == "sqlite" and (moment or kind.is_temporal()):
        return _sqlite_moment(value)
    if column.kind == "text":
        return value.cast("string")
    if column.kind == "timestamp" or kind.is_timestamp() or kind.is_date():
        return value.cast(_MOMENT)
    if column.kind == "number":
        number = value.cast("float64")
        tokens = (*reading.null_values, *column.null_values)
        missing = [float(token) for token in tokens if _is_number(token)]
        return number.isin(missing).ifelse(ibis.null("float64"), number) if missing else number
    return value


def _native(column: ColumnReading) -> ColumnReading:
    return ColumnReading(column.name, "native")


def _is_number(token: str) -> bool:
    try:
        float(token)
    except ValueError:
        return False
    return any(mark.isdigit() for mark in token)


@ibis.udf.scalar.builtin(name="datetime", signature=((None,), "timestamp(6)"))
def _sqlite_moment(_value): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

"""Typed source: raw columns become typed ones, and those that play a role get the role's name.

A cast never fails: what is no number, no moment or beyond the type's range becomes NULL, and
cleaning rejects the row with the text as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

import ibis
import ibis.expr.types as ir

from segdb.expressions.parse_dates import bounded, local
from segdb.expressions.parse_text import finite, settled, tried, without
from segdb.source_schema import USUAL, ColumnReading, Reading, Role

_ROLES = get_args(Role)
_RESERVED = frozenset((*_ROLES, "reason", "returned", "copies"))
# How often a row was there, beside the raw columns, whose names are anybody's.
COPIES = "segdb_copies"
_SUFFIX = " (source)"


def carried(name: str) -> str:
    """Return the name under which a raw column travels beside the role columns.

    It is the column's own name, unless a role or an internal column is called so: then it gets
    ``" (source)"`` behind it. No two columns get the same name.
    """
    own = name.lower()
    while own.endswith(_SUFFIX):
        own = own.removesuffix(_SUFFIX)
    return name + _SUFFIX if own in _RESERVED else name


def value(table: ir.Table, column: ColumnReading, null_values: Sequence[str]) -> ir.Value:
    """Return the typed value of a raw column, under its carried name if the table has it.

    A number is a DOUBLE, a timestamp is without a zone; what cannot be read as the column's kind,
    and what stands for a missing value, is NULL.
    """
    name = carried(column.name)
    raw = table[name if name in table.columns else column.name]
    if column.kind == "native":
        return without(raw, column.null_values)
    return settled(tried(raw, column), raw, column, null_values)


def values(
    table: ir.Table,
    columns: Mapping[str, ColumnReading],
    null_values: Sequence[str],
    others: Mapping[str, ir.Value] | None = None,
) -> ir.Table:
    """Return the typed values of raw columns, as ``value`` gives them, each text read once.

    Args:
        table: raw rows.
        columns: by the name of the result's column, how a raw one is read.
        null_values: tokens for "missing".
        others: more columns of the result, made of the raw ones.

    Returns:
        A table of these columns alone, from which each can be asked for several times.
    """
    first: dict[str, ir.Value] = dict(others or {})
    for name, column in columns.items():
        raw = table[column.name]
        first[name] = raw if column.kind == "native" else tried(raw, column)
    # Names of places, since the columns of the result may be called as the raw ones.
    raws = {f"raw {place}": table[column.name] for place, column in enumerate(columns.values())}
    rows = table.select(**first, **raws).view()
    then: dict[str, ir.Value] = {name: rows[name] for name in others or {}}
    for place, (name, column) in enumerate(columns.items()):
        if column.kind == "native":
            then[name] = without(rows[name], column.null_values)
        else:
            then[name] = settled(rows[name], rows[f"raw {place}"], column, null_values)
    return rows.select(**then).view()


def typed(table: ir.Table, reading: Reading) -> ir.Table:
    """Return all raw columns as they are, under their carried names, and the role columns.

    Args:
        table: raw rows, and ``segdb_copies`` where equal rows were folded.
        reading: the kind of each column, and the roles.

    Returns:
        The raw columns, ``copies`` if they were folded, and of ``customer_id``, ``order_id``,
        ``ordered_at`` TIMESTAMP in local time, ``amount`` DECIMAL(18,4) or DECIMAL(38,12) in
        the source's currency,
        ``quantity`` DOUBLE and ``category`` VARCHAR those that the reading has a column for.
    """
    own = {carried(column.name): table[column.name] for column in reading.columns}
    if COPIES in table.columns:
        own["copies"] = table[COPIES]
    parts = {name: _part(table, reading, name) for name in _ROLES if name in reading.roles}
    texts = {name: tried(table[one.name], one) for name, one in parts.items() if _is_text(one)}
    if reading.whole_ids and "customer_id" in texts:
        texts["customer_id"] = _whole(texts["customer_id"])
    # A SELECT of their own for the texts, so that each is read once.
    rows = table.select(**own, **texts).view() if texts else table.select(**own)
    roles = {name: _settled(rows, name, one, reading.null_values) for name, one in parts.items()}
    columns: dict[str, ir.Value] = {name: rows[name] for name in own}
    if "customer_id" in parts:
        columns["customer_id"] = _identifier(roles["customer_id"], fold=reading.fold_ids)
    if "order_id" in parts:
        columns["order_id"] = _identifier(roles["order_id"])
    if "ordered_at" in parts:
        columns["ordered_at"] = _moment(roles["ordered_at"], parts["ordered_at"])
    money = roles["amount"] if "amount" in parts else None
    if money is None and {"quantity", "unit_price"} <= parts.keys():
        money = _double(roles["quantity"]) * _double(roles["unit_price"])
    if money is not None:
        digits = 18 if reading.decimals == USUAL else 38
        columns["amount"] = money.try_cast(f"decimal({digits}, {reading.decimals})")
    if "quantity" in parts:
        columns["quantity"] = _pieces(roles["quantity"], parts["quantity"])
    if "category" in parts:
        columns["category"] = roles["category"]
    return rows.select(**columns)


def customer_of(table: ir.Table, reading: Reading) -> ir.Value:
    """Return the typed id of the customer of raw rows, as ``typed`` gives it."""
    column = _part(table, reading, "customer_id")
    identifier = value(table, column, reading.null_values)
    if reading.whole_ids and _is_text(column):
        raw = table[column.name]
        identifier = settled(_whole(tried(raw, column)), raw, column, reading.null_values)
    return _identifier(identifier, fold=reading.fold_ids)


def moment_of(table: ir.Table, reading: Reading) -> ir.TimestampValue:
    """Return the moment of raw order rows, as ``typed`` gives it; NULL where it is unreadable."""
    column = _part(table, reading, "ordered_at")
    return _moment(value(table, column, reading.null_values), column)


def _part(table: ir.Table, reading: Reading, role: Role) -> ColumnReading:
    """Return how the column of a role is read: what is no figure is text, and an id may be one."""
    column = reading.column(reading.roles[role])
    if role == "category" or (role.endswith("_id") and table[column.name].type().is_string()):
        return replace(column, kind="text")
    return replace(column, kind="native") if role.endswith("_id") else column


def _settled(
    rows: ir.Table, role: Role, column: ColumnReading, null_values: Sequence[str]
) -> ir.Value:
    """Return the values of a role, those of text as they were tried under the role's name."""
    raw = rows[carried(column.name)]
    if _is_text(column):
        return settled(rows[role], raw, column, null_values)
    return without(raw, column.null_values)


def _is_text(column: ColumnReading) -> bool:
    return column.kind != "native"


def _identifier(raw: ir.Value, *, fold: bool = False) -> ir.Value:
    """Return an id as it is compared: a number that is whole as a whole number.

    Args:
        raw: the column's values.
        fold: whether upper and lower case are alike, as in e-mail addresses.
    """
    if raw.type().is_floating():
        whole = raw.try_cast("int64")
        return ibis.ifelse(whole.cast("float64") == raw, whole, ibis.null("int64"))
    return raw.lower() if fold and raw.type().is_string() else raw


def _whole(text: ir.StringValue) -> ir.StringValue:
    """Return ids that are numbers without the decimals of whole ones: 17850.0 is 17850."""
    zeros = text.endswith(".0") | text.endswith(".00")
    return ibis.ifelse(zeros, text.substr(0, text.find(".")), text)


def _moment(moment: ir.Value, column: ColumnReading) -> ir.TimestampValue:
    if _is_text(column):
        return moment
    if moment.type().is_timestamp() and moment.type().timezone is not None:
        moment = local(moment, column.time_zone)
    if moment.type() != ibis.dtype("timestamp(6)"):
        moment = moment.try_cast("timestamp(6)")
    return bounded(moment)


def _pieces(quantity: ir.Value, column: ColumnReading) -> ir.FloatingValue:
    if _is_text(column):
        return quantity
    if quantity.type().is_integer():
        return quantity.cast("float64")
    return finite(_double(quantity))


def _double(numeric: ir.Value) -> ir.FloatingValue:
    return numeric if numeric.type().is_float64() else numeric.try_cast("float64")

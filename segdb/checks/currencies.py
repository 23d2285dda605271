"""Money: amounts of several currencies, which must not be added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.checks import vocabulary
from segdb.checks.by_value import MOST, by_value
from segdb.checks.settings_lines import percent, reject
from segdb.checks.warning import DataWarning
from segdb.expressions.typed_source import carried, value
from segdb.inspect.candidates import HEAD
from segdb.inspect.header_translations import english
from segdb.inspect.header_vocabulary import words
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Reading
from segdb.sql_text import literal, quoted

_SHOWN = 4
_CURRENCY_MARK = r"[A-Za-z]{3}|[A-Za-z]{0,2}\p{Sc}|kr|zł|Kč|Ft"


def several_currencies(kept: ir.Table, reading: Reading, ask: Ask) -> list[DataWarning]:
    """Return a warning where amounts of several currencies are added, which stops, or of unknown.

    Args:
        kept: the rows of orders that count, with ``amount``.
        reading: how the source's columns are read.
        ask: runs a small query.
    """
    roles = set(reading.roles.values())
    for column in reading.columns:
        if column.name in roles or not vocabulary.is_currency(english(words(column.name))):
            continue
        code = value(kept, column, reading.null_values).cast("string").strip().upper()
        rows = by_value(kept, code, ask)
        as_text = f"upper(trim(CAST({quoted(column.name)} AS VARCHAR)))"
        if 1 < len(rows) <= MOST:
            return [_currencies(column.name, rows, as_text)]
        if len(rows) == 1:
            return _without_currency(kept, column.name, code, ask)
    amount = reading.roles.get("amount") or reading.roles.get("unit_price")
    if amount is None or reading.column(amount).kind != "number":
        return []
    # Where the first amounts have no mark of a currency, the others are not read.
    for looked_at in (kept.limit(HEAD), kept):
        text = looked_at[carried(amount)].cast("string")
        mark = text.re_extract(f"({_CURRENCY_MARK})", 1).nullif("").upper()
        rows = by_value(looked_at, mark, ask)
        if not rows:
            return []
        if len(rows) > 1:
            return [_currencies(amount, rows, "")]
    return []


def _without_currency(
    kept: ir.Table, name: str, code: ir.StringValue, ask: Ask
) -> list[DataWarning]:
    """Return a warning of orders without a currency, where all others have the same one.

    Exports of shops write the currency of an order into the first of its lines alone.
    """
    lines = kept.select(code=code, amount=kept.amount, order_id=_order_of(kept))
    known = lines.filter(lines.code.notnull() & lines.order_id.notnull()).order_id
    blank = lines.code.isnull() & ~lines.order_id.isin(known).fill_null(False)
    counted = lines.select(blank=blank, code=lines.code)
    row = ask(
        counted.agg(
            blank=counted.count(where=counted.blank), rows=counted.count(), code=counted.code.max()
        )
    ).to_pylist()[0]
    if not row["blank"]:
        return []
    share = row["blank"] / row["rows"]
    as_text = f"coalesce(upper(trim(CAST({quoted(name)} AS VARCHAR))), '')"
    return [
        DataWarning(
            "blank_currency",
            f"'{name}' is empty in {row['blank']:,} rows ({percent(share)}), and {row['code']} in "
            f"all others; their amounts are added as if they were {row['code']} too.",
            reject("no currency", f"{as_text} <> {literal(row['code'])}"),
            share=share,
        )
    ]


def _order_of(kept: ir.Table) -> ir.StringValue:
    if "order_id" not in kept.columns:
        return ibis.null("string")
    return kept.order_id.cast("string")


def _currencies(name: str, rows: Sequence[Mapping[str, Any]], column: str) -> DataWarning:
    total = sum(row["rows"] for row in rows)
    first = rows[0]["value"]
    each = ", ".join(f"{row['value']} {row['rows']:,} rows" for row in rows[:_SHOWN])
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    other = f"upper({quoted(name)}) NOT LIKE {literal(f'%{first}%')}"
    if column:
        other = f"{column} <> {literal(first)}"
    return DataWarning(
        "several_currencies",
        f"Amounts of several currencies are added: '{name}' has {each}{more}. Keep one of them, "
        "or give a SELECT that converts them.",
        reject("another currency", other),
        share=1 - rows[0]["rows"] / total,
        stops=True,
    )

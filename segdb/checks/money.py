"""Money: amounts that must not be added, or that nobody paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.checks import vocabulary
from segdb.checks.settings_lines import is_one_of, percent, reject
from segdb.checks.warning import DataWarning
from segdb.expressions.typed_source import carried, value
from segdb.inspect.candidates import HEAD
from segdb.inspect.header_translations import english
from segdb.inspect.header_vocabulary import words
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Reading
from segdb.sql import literal, quoted

# States and currencies are few; a column of more values is neither.
_MOST = 60
_SHOWN = 4
# Of the revenue: above, most of the result would be wrong.
_HALF = 0.5
_CURRENCY_MARK = r"[A-Za-z]{3}|[A-Za-z]{0,2}\p{Sc}|kr|zł|Kč|Ft"
_UNSET = ("", "0", "0.0", "false", "f", "no", "n", "nein", "non", "nee", "nej", "nie")


def several_currencies(kept: ir.Table, reading: Reading, ask: Ask) -> list[DataWarning]:
    """Return a warning that stops where amounts of several currencies are added.

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
        rows = _by_value(kept, code, ask)
        if 1 < len(rows) <= _MOST:
            as_text = f"upper(trim(CAST({quoted(column.name)} AS VARCHAR)))"
            return [_currencies(column.name, rows, as_text)]
    amount = reading.roles.get("amount") or reading.roles.get("unit_price")
    if amount is None or reading.column(amount).kind != "number":
        return []
    # Where the first amounts have no mark of a currency, the others are not read.
    for looked_at in (kept.limit(HEAD), kept):
        text = looked_at[carried(amount)].cast("string")
        mark = text.re_extract(f"({_CURRENCY_MARK})", 1).nullif("").upper()
        rows = _by_value(looked_at, mark, ask)
        if not rows:
            return []
        if len(rows) > 1:
            return [_currencies(amount, rows, "")]
    return []


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


def unpaid_orders(kept: ir.Table, reading: Reading, ask: Ask) -> list[DataWarning]:
    """Return warnings of orders that, by a column of states, brought no money.

    Args:
        kept: the rows of orders that count, with ``amount``.
        reading: how the source's columns are read.
        ask: runs a small query.
    """
    roles = set(reading.roles.values())
    warnings = []
    for column in reading.columns:
        name = english(words(column.name))
        if column.name in roles:
            continue
        if vocabulary.is_unpaid_flag(name):
            warnings += _flagged(kept, reading, column.name, ask)
        elif vocabulary.is_state_column(name):
            warnings += _in_states(kept, reading, column.name, ask)
    return sorted(warnings, key=lambda warning: -warning.share)[:2]


def _in_states(kept: ir.Table, reading: Reading, name: str, ask: Ask) -> list[DataWarning]:
    if not kept[carried(name)].type().is_string():
        return []
    # What was returned lowers the revenue already.
    sold = kept.filter(~kept.returned)
    rows = _by_value(sold, value(sold, reading.column(name), reading.null_values), ask)
    unpaid = [row for row in rows if vocabulary.is_unpaid(row["value"])]
    doubtful = [row for row in rows if vocabulary.is_doubtful(row["value"])]
    chosen = unpaid or doubtful
    if not chosen or len(rows) > _MOST:
        return []
    share = _share_of_money(kept, chosen, ask)
    each = ", ".join(_state(row) for row in chosen[:_SHOWN])
    also = ", ".join(_state(row) for row in doubtful[:2]) if unpaid else ""
    more = f"; {also} may be more" if also else ""
    return [
        DataWarning(
            "unpaid_orders",
            f"'{name}' says that orders were not paid, or paid back, and they count: {each}; "
            f"{percent(share)} of the revenue{more}.",
            reject("not paid", is_one_of(name, [row["value"] for row in chosen])),
            share=max(share, 0.01),
            stops=share > _HALF,
        )
    ]


def _flagged(kept: ir.Table, reading: Reading, name: str, ask: Ask) -> list[DataWarning]:
    flag = value(kept, reading.column(name), reading.null_values)
    text = flag.cast("string").strip().lower()
    rows = _by_value(kept, ibis.ifelse(text.isin(_UNSET), ibis.null("string"), text), ask)
    number = sum(row["rows"] for row in rows)
    share = _share_of_money(kept, rows, ask)
    if not number or share > 1 - 1e-9:
        return []
    listed = ", ".join(f"'{word}'" for word in _UNSET)
    return [
        DataWarning(
            "unpaid_orders",
            f"'{name}' is set in {number:,} rows of orders that count, {percent(share)} of the "
            "revenue.",
            reject("not paid", f"lower(trim(CAST({quoted(name)} AS VARCHAR))) NOT IN ({listed})"),
            share=max(share, 0.01),
            stops=share > _HALF,
        )
    ]


def _state(row: Mapping[str, Any]) -> str:
    return f"{row['value']} {row['rows']:,} rows"


def _by_value(kept: ir.Table, column: ir.Value, ask: Ask) -> list[dict[str, Any]]:
    """Return value, rows and positive amounts of each value of a column, the most rows first."""
    paid = ibis.ifelse(kept.amount > 0, kept.amount, 0)
    pairs = kept.select(value=column, amount=paid)
    pairs = pairs.filter(pairs["value"].notnull())
    counted = pairs.group_by("value").agg(
        rows=pairs.count(), money=pairs.amount.sum().cast("float64")
    )
    ordered = counted.order_by(ibis.desc("rows"), "value").limit(_MOST + 1)
    rows: list[dict[str, Any]] = ask(ordered).to_pylist()
    return rows


def _share_of_money(kept: ir.Table, rows: Sequence[Mapping[str, Any]], ask: Ask) -> float:
    """Return what share of all positive amounts the rows have; of all rows where there is none."""
    paid = ibis.ifelse(kept.amount > 0, kept.amount, 0)
    total = ask(kept.agg(money=paid.sum().cast("float64"), rows=kept.count())).to_pylist()[0]
    if total["money"]:
        return float(sum(row["money"] or 0 for row in rows) / total["money"])
    return float(sum(row["rows"] for row in rows) / max(total["rows"], 1))

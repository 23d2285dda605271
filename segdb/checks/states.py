"""States: orders that, by a column of states, brought no money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.checks import vocabulary
from segdb.checks.by_value import MOST, by_value, share_of_money
from segdb.checks.settings_lines import is_one_of, percent, reject
from segdb.checks.warning import DataWarning
from segdb.expressions.parse_text import stripped
from segdb.expressions.typed_source import carried, value
from segdb.inspect.header_translations import english
from segdb.inspect.header_vocabulary import words
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Reading
from segdb.sql_text import quoted

_SHOWN = 4
# An order has few states.
_CODES = 20
# Of the revenue: above, most of the result would be wrong.
_HALF = 0.5
_UNSET = ("", "0", "0.0", "false", "f", "no", "n", "nein", "non", "nee", "nej", "nie")


def unpaid_orders(
    kept: ir.Table, reading: Reading, ask: Ask, rejects: Iterable[str] = ()
) -> list[DataWarning]:
    """Return warnings of orders that, by a column of states, brought no money, or may not have.

    Args:
        kept: the rows of orders that count, with ``amount``.
        reading: how the source's columns are read.
        ask: runs a small query.
        rejects: the user's own predicates: a column that one of them names is understood.
    """
    named = " ".join(rejects).lower()
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
            if vocabulary.is_state_of_order(name) and column.name.lower() not in named:
                warnings += _in_codes(kept, reading, column.name, ask)
    return sorted(warnings, key=lambda warning: -warning.share)[:2]


def _in_states(kept: ir.Table, reading: Reading, name: str, ask: Ask) -> list[DataWarning]:
    if not kept[carried(name)].type().is_string():
        return []
    # What was returned lowers the revenue already.
    sold = kept.filter(~kept.returned)
    rows = by_value(sold, stripped(sold[carried(name)], reading.null_values), ask)
    unpaid = [row for row in rows if vocabulary.is_unpaid(row["value"])]
    doubtful = [row for row in rows if vocabulary.is_doubtful(row["value"])]
    chosen = unpaid or doubtful
    if not chosen or len(rows) > MOST:
        return []
    share = share_of_money(kept, chosen, ask)
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


def _in_codes(kept: ir.Table, reading: Reading, name: str, ask: Ask) -> list[DataWarning]:
    """Return a warning of states that nobody but the owner of the data can tell."""
    sold = kept.filter(~kept.returned)
    rows = by_value(sold, stripped(sold[carried(name)], reading.null_values), ask)
    place = vocabulary.may_be_a_place(words(name))
    codes = [row for row in rows if vocabulary.is_code(row["value"], place=place)]
    if not codes or len(rows) < 2 or len(codes) > _CODES:
        return []
    # That of most rows is of orders that went well.
    others = [row for row in codes if row is not rows[0]]
    share = share_of_money(kept, others, ask)
    each = ", ".join(_state(row) for row in codes[:_SHOWN])
    more = f" and {len(codes) - _SHOWN} more" if len(codes) > _SHOWN else ""
    return [
        DataWarning(
            "unknown_states",
            f"'{name}' is not used: it has codes that only you can tell: {each}{more}. Orders of "
            f"all of them count; those not of {rows[0]['value']} are {percent(share)} of the "
            "revenue. Where a code stands for cancelled or paid back, reject its rows.",
            reject("not paid", is_one_of(name, [row["value"] for row in others])),
            share=max(share, 0.01),
        )
    ]


def _flagged(kept: ir.Table, reading: Reading, name: str, ask: Ask) -> list[DataWarning]:
    flag = value(kept, reading.column(name), reading.null_values)
    text = flag.cast("string").strip().lower()
    rows = by_value(kept, ibis.ifelse(text.isin(_UNSET), ibis.null("string"), text), ask)
    number = sum(row["rows"] for row in rows)
    share = share_of_money(kept, rows, ask)
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

"""Free orders: many amounts of nothing, which may stand for amounts that nobody wrote down."""

from __future__ import annotations

import ibis.expr.types as ir

from segdb.checks.settings_lines import percent, reject
from segdb.checks.warning import DataWarning
from segdb.inspect.candidates import HEAD
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Reading, Role
from segdb.sql_text import quoted

# Of the rows that count. Shops give away less.
_MANY = 0.1


def free_orders(kept: ir.Table, reading: Reading, ask: Ask) -> list[DataWarning]:
    """Return a warning where many rows have an amount of 0.

    Args:
        kept: the rows of orders that count, with ``amount``.
        reading: how the source's columns are read.
        ask: runs a small query.
    """
    # Most shops give nothing away, which their first rows say without a scan of all.
    free, rows = _counted(kept.limit(HEAD), ask)
    if free > _MANY / 2 * rows:
        free, rows = _counted(kept, ask)
    # Where nothing has an amount, there is another word for it.
    if free <= _MANY * rows or free == rows:
        return []
    roles: tuple[Role, ...] = (
        ("amount",) if "amount" in reading.roles else ("unit_price", "quantity")
    )
    names = [reading.roles[role] for role in roles if role in reading.roles]
    share = free / rows
    return [
        DataWarning(
            "free_orders",
            f"{free:,} of {rows:,} rows ({percent(share)}) have an amount of 0: they count as "
            "orders that brought nothing.",
            reject("no amount", " OR ".join(map(_is_zero, names))),
            share=share / 2,
        )
    ]


def _counted(rows: ir.Table, ask: Ask) -> tuple[int, int]:
    """Return how many rows have an amount of 0, and how many there are."""
    row = ask(rows.agg(rows=rows.count(), free=rows.count(where=rows.amount == 0))).to_pylist()[0]
    return row["free"], row["rows"]


def _is_zero(column: str) -> str:
    """Return the predicate that a number has no digit but 0, however it is written."""
    return f"CAST({quoted(column)} AS VARCHAR) SIMILAR TO '[^1-9]*0[^1-9]*'"

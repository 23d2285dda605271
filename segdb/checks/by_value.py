"""By value: the rows and the money of each value of a column, for checks of money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.inspect.value_patterns import Ask

# States and currencies are few; a column of more values is neither.
MOST = 60


def by_value(kept: ir.Table, column: ir.Value, ask: Ask) -> list[dict[str, Any]]:
    """Return value, rows and positive amounts of each value of a column, the most rows first."""
    paid = ibis.ifelse(kept.amount > 0, kept.amount, 0)
    pairs = kept.select(value=column, amount=paid)
    pairs = pairs.filter(pairs["value"].notnull())
    counted = pairs.group_by("value").agg(
        rows=pairs.count(), money=pairs.amount.sum().cast("float64")
    )
    ordered = counted.order_by(ibis.desc("rows"), "value").limit(MOST + 1)
    rows: list[dict[str, Any]] = ask(ordered).to_pylist()
    return rows


def share_of_money(kept: ir.Table, rows: Sequence[Mapping[str, Any]], ask: Ask) -> float:
    """Return what share of all positive amounts the rows have; of all rows where there is none."""
    paid = ibis.ifelse(kept.amount > 0, kept.amount, 0)
    total = ask(kept.agg(money=paid.sum().cast("float64"), rows=kept.count())).to_pylist()[0]
    if total["money"]:
        return float(sum(row["money"] or 0 for row in rows) / total["money"])
    return float(sum(row["rows"] for row in rows) / max(total["rows"], 1))

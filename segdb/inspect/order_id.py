"""Order id: which column says what one order is, by its name and by its values.

An order has one customer and nearly one moment. Of several such ids the coarsest is the order's:
an id of a line has them as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from segdb.checks.warning import DataWarning
from segdb.expressions.parse_text import stripped
from segdb.formats.toml import toml_value
from segdb.inspect.candidates import HEAD, fills
from segdb.inspect.header_vocabulary import score
from segdb.inspect.value_patterns import Ask

# Of the rows that have a customer and a date, those that must have an order id.
_HALF = 0.5
# So many customers and moments may an id have, for faults in the data and clocks that go on.
_CUSTOMERS, _MOMENTS = 1.01, 1.1
# A name of so many points says that it is an order's id, and not only that it may be.
_PLAIN = 90
_LOOKED_AT = 4
# Numbers of orders that differ by less are no other result.
_REPEATED = 0.01


def order_id(
    table: ir.Table,
    ranked: Sequence[tuple[int, str]],
    customer: str,
    moment: ir.Value,
    null_values: Sequence[str],
    ask: Ask,
) -> tuple[str | None, DataWarning | None]:
    """Return the column that is the order's id; None where none is.

    Args:
        table: raw rows.
        ranked: points and name of the columns that are called like one, the best first.
        customer: the column of the customer.
        moment: when a row was ordered, NULL where that is missing.
        null_values: tokens for "missing".
        ask: runs a small query.

    Returns:
        The column, and a warning where one is called an order's id and is none by its values.
    """
    # "Sales" is the money, unless its name were the only one.
    named = [(points, name) for points, name in ranked if score("amount", name) <= points]
    names = [name for _, name in named[:_LOOKED_AT]]
    # Where an export writes the columns of an order in its first line alone, only that counts.
    bought_by = _present(table[customer], null_values)
    whole = table.filter(bought_by.notnull() & moment.notnull())
    fill = fills(whole, names, null_values, ask)
    names = [name for name in names if fill[name].present > _HALF * fill[name].rows]
    if not names:
        return None, None
    counts = _counted(table, names, bought_by, moment, null_values, ask)
    good = [
        name
        for name in names
        if counts[f"{name} customers"] <= _CUSTOMERS * counts[name]
        and counts[f"{name} moments"] <= _MOMENTS * counts[name]
    ]
    if good:
        return min(good, key=lambda name: counts[name]), None
    return None, _warning({name: points for points, name in named}, names[0], counts)


def _counted(
    table: ir.Table,
    names: Sequence[str],
    customer: ir.Value,
    moment: ir.Value,
    null_values: Sequence[str],
    ask: Ask,
) -> Mapping[str, int]:
    """Count each id, and with its customers and moments, among rows that lack none of them."""
    columns = {f"i{place}": _present(table[name], null_values) for place, name in enumerate(names)}
    head = table.select(**columns, c=customer, m=moment).limit(HEAD)
    whole = head.c.notnull() & head.m.notnull()
    asked: dict[str, ir.Scalar] = {
        "bought": ibis.struct({"c": head.c, "m": head.m}).nunique(where=whole)
    }
    for place, name in enumerate(names):
        identifier = head[f"i{place}"]
        where = whole & identifier.notnull()
        asked[name] = identifier.nunique(where=where)
        asked[f"{name} customers"] = ibis.struct({"i": identifier, "c": head.c}).nunique(
            where=where
        )
        asked[f"{name} moments"] = ibis.struct({"i": identifier, "m": head.m}).nunique(where=where)
    # Names are anybody's: by their places.
    row = ask(head.agg(**{f"n{place}": value for place, value in enumerate(asked.values())}))
    values = row.to_pylist()[0]
    return {key: int(values[f"n{place}"] or 0) for place, key in enumerate(asked)}


def _present(column: ir.Value, null_values: Sequence[str]) -> ir.Value:
    return stripped(column, null_values) if column.type().is_string() else column


def _warning(points: Mapping[str, int], name: str, counts: Mapping[str, int]) -> DataWarning | None:
    orders, other = counts["bought"], counts[name]
    share = abs(orders - other) / max(orders, other, 1)
    if points[name] < _PLAIN or share <= _REPEATED:
        return None
    customers, moments = counts[f"{name} customers"], counts[f"{name} moments"]
    what = "customers" if customers > _CUSTOMERS * other else "moments"
    more = max(customers, moments) if what == "customers" else moments
    return DataWarning(
        "order_id_choice",
        f"'{name}' is called an order's id, but its {other:,} values have several {what} "
        f"({more:,} pairs in the first {HEAD:,} rows): an order is a customer and a moment "
        f"instead, which makes {orders:,}.",
        f"[columns] order_id = {toml_value(name)}",
        share,
    )

"""Listed: how many distinct values a customer has, told apart in a list of them.

It costs DuckDB half of what count(DISTINCT) does, and half of the memory, unless one customer has
millions of them.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def distinct_listed(values: ir.Value, where: ir.BooleanValue) -> ir.IntegerScalar:
    """Return the aggregate: NULL is no value, and of no rows there is no number but NULL."""
    return number_of(values.collect(where=where))


def number_of(listed: ir.ArrayValue) -> ir.IntegerValue:
    """Return how many distinct values a list has that are not NULL."""
    return _list_unique(listed)


@ibis.udf.scalar.builtin(name="list_unique", signature=((None,), "int64"))
def _list_unique(_values): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

"""Listed: how many distinct values a customer has, counted in a list of them.

It costs DuckDB half of what count(DISTINCT) does, and half of the memory, unless one customer has
millions of them: a list is deduplicated on one thread.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from segdb.expressions.hashing import hashed


def listed(values: ir.Value, where: ir.BooleanValue) -> ir.ArrayScalar:
    """Return the aggregate: the values of the rows where it holds, NULL where it never does.

    Of texts it is their hashes: a list compares bytes, and a collation may take "A7" for "a7"
    (which DuckDB 1.5 hashes by their bytes as well).
    """
    keys = hashed(values) if values.type().is_string() else values
    return keys.collect(where=where & values.notnull())


def distinct_listed(values: ir.Value, where: ir.BooleanValue) -> ir.IntegerScalar:
    """Return the aggregate: how many distinct values, NULL where there is none."""
    return number_of(listed(values, where))


def number_of(values: ir.ArrayValue) -> ir.IntegerValue:
    """Return how many distinct values a list has."""
    return _list_unique(values).cast("int64")


@ibis.udf.scalar.builtin(name="list_unique", signature=((None,), "uint64"))
def _list_unique(_values): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

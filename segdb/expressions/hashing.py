"""Hashing: the engine's own hash of a value."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def hashed(value: ir.Value) -> ir.IntegerValue:
    """Return a hash of 64 bits: what GROUP BY takes for equal has an equal one."""
    return _hash(value)


@ibis.udf.scalar.builtin(name="hash", signature=((None,), "uint64"))
def _hash(_value): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

"""Decimals: how many of them the amounts are read with, so that small ones are not rounded away."""

from __future__ import annotations

from dataclasses import replace

import ibis
import ibis.expr.types as ir

from segdb.expressions.typed_source import values
from segdb.inspect.candidates import HEAD
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import FINE, USUAL, Reading, Role

# Of the first amounts that are not zero, those that the usual decimals may round: a few are
# conversions of another currency, as of 12.34567.
_FEW = 0.01
# What a DOUBLE leaves of a sum or product with four decimals, relative to it.
_NOISE = 1e-12
# More than an amount with the usual decimals has (DECIMAL(18, 4)).
_MOST = 1e14


def with_decimals(table: ir.Table, reading: Reading, ask: Ask) -> Reading:
    """Return the reading with as many decimals as the amounts have: four, or twelve.

    Args:
        table: raw rows.
        reading: how they are read.
        ask: runs a small query.
    """
    roles = reading.roles
    pair: tuple[Role, ...] = ("quantity", "unit_price")
    names: tuple[Role, ...] = ("amount",) if "amount" in roles else pair
    if any(role not in roles for role in names) or all(
        table[roles[role]].type().is_integer() for role in names
    ):
        return reading
    columns = {str(role): reading.column(roles[role]) for role in names}
    head = values(table.limit(HEAD), columns, reading.null_values)
    numbers = [head[role].cast("float64") for role in names]
    amount = numbers[0] if len(numbers) == 1 else numbers[0] * numbers[1]
    # What lies beyond is no money, and rounding is by whole numbers of 64 bits.
    amount = ibis.ifelse(amount.abs() < _MOST, amount, ibis.null("float64"))
    units = amount * 10**USUAL
    finer = (units - units.round()).abs() > 1e-6 + units.abs() * _NOISE
    row = ask(head.agg(n=(amount != 0).sum(), finer=finer.sum())).to_pylist()[0]
    is_fine = int(row["finer"] or 0) > _FEW * int(row["n"] or 0)
    return replace(reading, decimals=FINE) if is_fine else reading

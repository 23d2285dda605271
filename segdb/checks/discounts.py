"""Discounts: a column of them beside prices that are multiplied by the pieces."""

from __future__ import annotations

import re

import ibis.expr.types as ir

from segdb.checks.settings_lines import percent
from segdb.checks.warning import DataWarning
from segdb.expressions.typed_source import value
from segdb.inspect.header_translations import english
from segdb.inspect.header_vocabulary import words
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Reading
from segdb.sql_text import quoted

_DISCOUNT = re.compile(
    r"((line|item|order|unit|product|total|price|amount|percent|pct) )*(discount|disc|rebate)s?"
    r"( (amount|amt|percent|percentage|pct|rate|value|price|unit|item|line))*"
)


def ignored_discounts(kept: ir.Table, reading: Reading, ask: Ask) -> list[DataWarning]:
    """Return a warning where the amount is price times pieces, and a discount stands beside.

    Args:
        kept: the rows of orders that count.
        reading: how the source's columns are read.
        ask: runs a small query.
    """
    if "amount" in reading.roles or "unit_price" not in reading.roles:
        return []
    names = [c for c in reading.columns if _DISCOUNT.fullmatch(english(words(c.name)))]
    for column in names:
        discount = value(kept, column, reading.null_values)
        if not discount.type().is_numeric() or discount.type().is_boolean():
            continue
        discounted = (discount != 0).fill_null(False)
        row = ask(
            kept.agg(n=kept.count(), given=discounted.sum(), most=discount.max())
        ).to_pylist()[0]
        if not row["given"]:
            continue
        price, discount_name = quoted(reading.roles["unit_price"]), quoted(column.name)
        net = (
            f"{price} * (1 - {discount_name})" if row["most"] <= 1 else f"{price} - {discount_name}"
        )
        share = row["given"] / row["n"]
        return [
            DataWarning(
                "ignored_discount",
                f"'{column.name}' is set in {row['given']:,} rows ({percent(share)}), and is not "
                "taken off: the amount is price times quantity. Where the price is before it, give "
                f"a SELECT that has the price after it, such as {net} AS unit_price.",
                share=share / 2,
            )
        ]
    return []

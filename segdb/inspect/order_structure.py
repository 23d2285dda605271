"""Order structure: which ids are one customer, what an order is, and what its amount is of.

Each question is answered from the raw rows, how they are read and the settings, by a small query
that ``ask`` runs: with the reading, and a warning where the answer may be another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import ibis.expr.types as ir

from segdb.checks.warning import DataWarning
from segdb.config.sections import Clean
from segdb.expressions.typed_source import typed
from segdb.inspect.candidates import HEAD
from segdb.inspect.header_vocabulary import is_of_order, is_product
from segdb.inspect.repeated_total import repetition
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Reading, Role
from segdb.sql_text import quoted

_HALF = 0.5
# Marks without width, and the blank that is no blank.
_INVISIBLE = "\u200b-\u200d\u2060\ufeff\u00ad\u00a0"


def identities(
    table: ir.Table, reading: Reading, clean: Clean, ask: Ask
) -> tuple[Reading, tuple[DataWarning, ...]]:
    """Decide which spellings of an id are one customer: in case alone, or as 17850.0 and 17850.

    The warning is of ids that differ in case alone.
    """
    name = reading.roles.get("customer_id")
    if name is None or not table[name].type().is_string():
        return reading, ()
    alone = replace(reading, roles={"customer_id": name}, fold_ids=False)
    ids = typed(table.limit(HEAD), alone).customer_id
    row = ask(
        ids.as_table().agg(
            ids=ids.count(),
            mails=ids.contains("@").sum(),
            whole=ids.re_search(r"^\d+(\.0+)?$").sum(),
            distinct=ids.nunique(),
            folded=ids.lower().nunique(),
            bare=ids.re_replace(rf"^0+(\d)|[{_INVISIBLE}]", r"\1").nunique(),
            rounded=ids.re_search(r"^\d([.,]\d+)?[eE]\+?\d\d+$").sum(),
        )
    ).to_pylist()[0]
    warnings = _damaged(name, row)
    reading = replace(reading, whole_ids=(row["whole"] or 0) > _HALF * (row["ids"] or 0))
    mails = (row["mails"] or 0) > _HALF * (row["ids"] or 0)
    fold = clean.ids == "ignore_case" or (clean.ids == "auto" and mails)
    more = row["distinct"] - row["folded"]
    if not more or clean.ids != "auto":
        return replace(reading, fold_ids=fold), warnings
    share = more / row["distinct"]
    if fold:
        words, other = "are one e-mail address and one customer", "as_written"
    else:
        words, other = "count as different customers", "ignore_case"
    warning = DataWarning(
        "id_spellings",
        f"{more:,} of {row['distinct']:,} spellings in '{name}' differ from another in upper and "
        f"lower case alone; they {words}.",
        f'[clean] ids = "{other}"',
        share=share / 10 if fold else share,
    )
    return replace(reading, fold_ids=fold), (warning, *warnings)


def _damaged(name: str, row: Mapping[str, int | None]) -> tuple[DataWarning, ...]:
    """Return what is said of ids that another program wrote otherwise than they were."""
    ids, distinct = row["ids"] or 0, row["distinct"] or 0
    more, rounded = distinct - (row["bare"] or 0), row["rounded"] or 0
    warnings = []
    if more:
        message = (
            f"{more:,} of {distinct:,} spellings in '{name}' differ from another in leading zeros "
            "or invisible marks alone; they count as different customers. Where they are one, give "
            f"a SELECT that writes them alike, such as ltrim({quoted(name)}, '0')."
        )
        warnings.append(DataWarning("id_spellings", message, share=more / distinct))
    if rounded:
        message = (
            f"{rounded:,} of {ids:,} values in '{name}' are written as 4.1E+11, as spreadsheets "
            "write long numbers: their last digits are lost, and several customers may be one. "
            "Write the file anew, with the column as text."
        )
        warnings.append(DataWarning("id_spellings", message, share=rounded / ids))
    return tuple(warnings)


def orders(
    table: ir.Table, reading: Reading, clean: Clean, ask: Ask
) -> tuple[Reading, tuple[DataWarning, ...]]:
    """Decide what an order is, and whether the amount is of the order or of its line.

    The warning is of an amount that stands in each line of its order.
    """
    if clean.rows_are_orders:
        roles: dict[Role, str] = {r: c for r, c in reading.roles.items() if r != "order_id"}
        return replace(reading, roles=roles, rows_are_orders=True), ()
    if "order_id" not in reading.roles or clean.amount_of == "row":
        return reading, ()
    if clean.amount_of == "order":
        return replace(reading, amount_of_order=True), ()
    name = reading.roles.get("amount")
    if name is None:
        return reading, ()
    alone = replace(reading, roles={"order_id": reading.roles["order_id"], "amount": name})
    used = set(reading.roles.values())
    products = (c.name for c in reading.columns if c.name not in used and is_product(c.name))
    product = next(products, None)
    # Copies of a row say nothing of what stands in the lines of an order.
    rows = typed(table.limit(HEAD).distinct(), alone)
    repeated = repetition(rows, product, ask)
    if not repeated.is_of_order:
        return reading, ()
    sure = product is not None or is_of_order(name)
    finding = (
        f"'{name}' is the same in each line of an order in {repeated.constant:,} of "
        f"{repeated.orders:,} orders of several lines"
    )
    if sure:
        warning = DataWarning(
            "repeated_total",
            f"{finding}, so it is taken for the total of the order and counts once.",
            '[clean] amount_of = "row"',
            share=0.1,
        )
    else:
        warning = DataWarning(
            "repeated_total",
            f"{finding}, and is added up line by line: is it the total of the order?",
            '[clean] amount_of = "order"',
            share=0.9,
        )
    return replace(reading, amount_of_order=sure), (warning,)

"""Customers: guests under one id, and one customer or one row with much of all revenue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.checks import vocabulary
from segdb.checks.settings_lines import percent, reject
from segdb.checks.warning import DataWarning
from segdb.formats.toml import toml_value
from segdb.inspect.header_vocabulary import is_mail
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Reading
from segdb.sql_text import literal, quoted

_MUCH = 0.1
# A tenth is no surprise of so few customers.
_FEWEST = 30
# Of the largest customers, those that are looked at.
_TOP = 20
# A guest's id has so many times the rows of the 95th percentile; any other id so many.
_GUEST, _GIANT = 2, 10
_AS_GUESTS = "looks like the id of guests"
_AS_GIANT = "is out of all proportion"
_HALF = 0.5


def guests(counts: ir.Table, reading: Reading, ask: Ask) -> list[DataWarning]:
    """Return a warning where many people stand under one id.

    Args:
        counts: ``customer_id`` and ``kept_rows``, one row a customer.
        reading: of the orders.
        ask: runs a small query.
    """
    known = counts.filter(counts.customer_id.notnull() & (counts.kept_rows > 0))
    row = ask(
        known.agg(
            rows=known.kept_rows.sum(),
            customers=known.count(),
            usual=known.kept_rows.quantile(0.95),
        )
    ).to_pylist()[0]
    if not row["rows"] or row["customers"] < 3:
        return []
    top = known.order_by(ibis.desc("kept_rows"), "customer_id").limit(_TOP)
    largest = ask(top.select("customer_id", "kept_rows")).to_pylist()
    # One word for guests may be written in several ways: Guest, GUEST.
    of_guests = [one for one in largest if vocabulary.is_guest(one["customer_id"])]
    size = sum(one["kept_rows"] for one in of_guests)
    if size > _GUEST * row["usual"]:
        identifiers = [one["customer_id"] for one in of_guests]
        return [_guests(identifiers, int(size), float(size / row["rows"]), reading, _AS_GUESTS)]
    for one in largest:
        size, share = one["kept_rows"], float(one["kept_rows"] / row["rows"])
        if size > _GIANT * row["usual"] and share > _MUCH:
            return [_guests([one["customer_id"]], int(size), share, reading, _AS_GIANT)]
    return []


def _guests(
    identifiers: Sequence[object], rows: int, share: float, reading: Reading, what: str
) -> DataWarning:
    column = reading.roles["customer_id"]
    mails = (c.name for c in reading.columns if c.name != column and is_mail(c.name))
    mail = next(mails, None)
    texts = [literal(str(identifier)) for identifier in identifiers]
    is_one = f"= {texts[0]}" if len(texts) == 1 else f"IN ({', '.join(texts)})"
    also = f" (with {', '.join(texts[1:4])})" if len(texts) > 1 else ""
    return DataWarning(
        "guests",
        f"Customer {str(identifiers[0])!r}{also} has {rows:,} rows, {percent(share)} of all, and "
        f"{what}: many people would be one customer.",
        f"[columns] customer_id = {toml_value(mail)}"
        if mail
        else reject("guest", f"CAST({quoted(column)} AS VARCHAR) {is_one}"),
        share=share,
        stops=share > _HALF,
    )


def large_share(counts: ir.Table, rows: ir.Table, reading: Reading, ask: Ask) -> list[DataWarning]:
    """Return a warning where one customer, or one row, has more than a tenth of all revenue.

    Args:
        counts: ``customer_id`` and ``revenue``, one row a customer.
        rows: the rows of orders that count, with ``amount``.
        reading: of the orders.
        ask: runs a small query.
    """
    if "revenue" not in counts.columns:
        return []
    known = counts.filter(counts.customer_id.notnull() & (counts.kept_rows > 0))
    money = known.select(customer_id=known.customer_id, revenue=known.revenue.cast("float64"))
    total = ask(money.agg(revenue=money.revenue.sum(), customers=money.count())).to_pylist()[0]
    if (total["revenue"] or 0) <= 0 or total["customers"] < _FEWEST:
        return []
    first: dict[str, Any] = ask(money.order_by(ibis.desc("revenue")).limit(1)).to_pylist()[0]
    share = first["revenue"] / total["revenue"]
    if share <= _MUCH:
        return []
    identifier = str(first["customer_id"])
    orders = rows.filter(rows.customer_id.cast("string") == identifier)
    largest = (
        ask(orders.agg(most=orders.amount.max().cast("float64"))).to_pylist()[0]["most"] or 0.0
    )
    in_row = largest / total["revenue"]
    row = f", {percent(in_row)} in one row of {largest:,.2f}" if in_row > _MUCH else ""
    column = quoted(reading.roles["customer_id"])
    return [
        DataWarning(
            "large_share",
            f"Customer {identifier!r} has {percent(share)} of all revenue{row}: is it one "
            "customer, and is the amount right?",
            reject("too large", f"CAST({column} AS VARCHAR) = {literal(identifier)}"),
            share=share,
        )
    ]


def no_revenue(counts: ir.Table, ask: Ask) -> list[DataWarning]:
    """Return a warning where the amounts add up to nothing, which stops below zero.

    Args:
        counts: ``customer_id`` and ``revenue``, one row a customer.
        ask: runs a small query.
    """
    if "revenue" not in counts.columns:
        return []
    total = ask(counts.agg(revenue=counts.revenue.sum().cast("float64"))).to_pylist()[0]["revenue"]
    if total is None or total > 0:
        return []
    if total == 0:
        words, line = "add up to 0: are they the money that was paid?", '[columns] amount = "…"'
    else:
        words = f"add up to {total:,.2f}: returns take back more than was ever paid."
        line = '[clean] returns = "reject"'
    return [
        DataWarning(
            "no_revenue", f"The amounts of all orders {words}", line, share=1.0, stops=total < 0
        )
    ]


def revenue_without_customer(counts: ir.Table, ask: Ask) -> list[DataWarning]:
    """Return a warning of revenue whose rows have no customer id.

    Args:
        counts: aggregates by customer, with ``revenue`` and ``unassigned``.
        ask: runs a small query.
    """
    if not {"revenue", "unassigned"} <= set(counts.columns):
        return []
    nobody = counts.customer_id.isnull()
    sums = ask(
        counts.agg(
            money=counts.unassigned.sum(where=nobody).cast("float64"),
            rows=counts.read_rows.sum(where=nobody),
            kept=counts.revenue.sum().cast("float64"),
        )
    ).to_pylist()[0]
    money, kept = sums["money"] or 0.0, sums["kept"] or 0.0
    if money <= 0 or kept + money <= 0:
        return []
    share = money / (kept + money)
    if share < 0.001:
        return []
    return [
        DataWarning(
            "revenue_without_customer",
            f"{percent(share)} of the revenue ({money:,.0f} of {kept + money:,.0f}, "
            f"{int(sums['rows'] or 0):,} rows) has no customer id and is in no segment.",
            share=share,
        )
    ]

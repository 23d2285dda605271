"""Validate: every row is kept or gets the reason why not; none is lost.

A rejected row has one reason, the first that applies: missing id, missing or unreadable date,
missing or unreadable amount, future date, date far from all others, duplicate row, duplicate
customer, return, the named predicates in their order, and, once customers are known, no orders and
missing features.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir

from segdb.expressions.typed_source import COPIES, carried, value
from segdb.source_schema import Reading
from segdb.user_sql import UserSQL

MISSING_ID = "missing id"
BAD_DATE = "missing or unreadable date"
BAD_AMOUNT = "missing or unreadable amount"
FUTURE = "future date"
FAR_DATE = "date far from all others"
DUPLICATE_ROW = "duplicate row"
DUPLICATE_CUSTOMER = "duplicate customer"
RETURN = "return"
NO_ORDERS = "no orders"
ONLY_RETURNS = "only returns"
UNREADABLE = "unreadable line"
# Sources hold local time without its zone, and no zone is farther ahead of UTC (Kiribati).
HOURS_EAST = 14
# What outranks being a copy of another row: all copies are rejected for it alike.
BEFORE_DUPLICATE = (MISSING_ID, BAD_DATE, BAD_AMOUNT, FUTURE, FAR_DATE)


@dataclass(frozen=True)
class Rules:
    """What makes a row of one source a reject.

    Attributes:
        returns: whether rows below zero are rejected.
        predicates: the user's own, in order.
        latest: order rows after this moment are in the future; None for ``HOURS_EAST`` after now.
    """

    returns: bool = False
    predicates: tuple[UserSQL, ...] = ()
    latest: datetime | None = None


def deduplicated(raw: ir.Table) -> ir.Table:
    """Fold rows that are equal in every column into one, with the number of them."""
    return raw.group_by(list(raw.columns)).agg(**{COPIES: raw.count()})


def as_read(validated: ir.Table, names: Sequence[str]) -> ir.Table:
    """Return the rows of the source with the columns that they were read with."""
    return validated.select(**{name: validated[carried(name)] for name in names})


def validated_orders(orders: ir.Table, reading: Reading, rules: Rules) -> ir.Table:
    """Give every typed order row ``returned``, and a ``reason``, NULL where it is kept."""
    back = _gives_back(orders)
    # Some shops write a return with a negative quantity and a positive amount.
    amount = ibis.ifelse(back & (orders.amount > 0), -orders.amount, orders.amount)
    orders = orders.mutate(returned=back, amount=amount)
    cases: list[tuple[ir.BooleanValue, str]] = [
        (orders.customer_id.isnull(), MISSING_ID),
        (orders.ordered_at.isnull(), BAD_DATE),
        (orders.amount.isnull(), BAD_AMOUNT),
    ]
    latest = ibis.now().cast("timestamp(6)") + ibis.interval(hours=HOURS_EAST)
    if rules.latest is not None:
        latest = ibis.literal(rules.latest, "timestamp(6)")
    cases.append((orders.ordered_at > latest, FUTURE))
    for first, end in reading.far_dates:
        since, before = (ibis.literal(day, "timestamp(6)") for day in (first, end))
        far = (orders.ordered_at >= since) & (orders.ordered_at < before)
        cases.append((far, FAR_DATE))
    if rules.returns:
        cases.append((orders.returned, RETURN))
    cases += _predicates(orders, reading, rules.predicates)
    orders = orders.mutate(reason=_first(cases))
    return _counted_once(orders) if reading.amount_of_order else orders


def _counted_once(orders: ir.Table) -> ir.Table:
    """Leave the amount of an order in one of its kept rows, and 0 in the others.

    Amounts that differ within an order, as of two payments, count once each.
    """
    same_amount = ibis.window(
        group_by=[orders.customer_id, orders.order_id, orders.amount, orders.reason.isnull()],
        order_by=orders.ordered_at,
    )
    again = (ibis.row_number().over(same_amount) > 0) & orders.order_id.notnull()
    zero = ibis.literal(0, orders.amount.type())
    return orders.mutate(amount=ibis.ifelse(again, zero, orders.amount))


def validated_customers(
    customers: ir.Table, reading: Reading, rules: Rules, buyers: ir.Table | None
) -> ir.Table:
    """Give every typed customer row a ``reason``, NULL where it is kept.

    Of rows with the same id the one that sorts first by all its columns is kept.

    Args:
        customers: typed customer rows.
        reading: how their columns are read.
        rules: the user's predicates.
        buyers: one column ``customer_id``; a customer who is not in it has no orders. The
            customers' ids become of its type.
    """
    key = customers.customer_id
    if buyers is not None and buyers.customer_id.type() != key.type():
        # Before duplicates are found: as numbers, 007 and 7 are one customer.
        key = key.try_cast(buyers.customer_id.type())
    rest = [customers[name] for name in customers.columns if name != "customer_id"]
    place = ibis.row_number().over(ibis.window(group_by=key, order_by=rest))
    cases = [
        (customers.customer_id.isnull(), MISSING_ID),
        (key.notnull() & (place > 0), DUPLICATE_CUSTOMER),
    ]
    if buyers is not None:
        known = key.isin(buyers.customer_id).fill_null(False)
        cases.append((~known, NO_ORDERS))
    cases += _predicates(customers, reading, rules.predicates)
    columns = {name: customers[name] for name in customers.columns}
    return customers.select(**{**columns, "customer_id": key}, reason=_first(cases))


def _gives_back(orders: ir.Table) -> ir.BooleanValue:
    back = (orders.amount < 0).fill_null(False)
    if "quantity" in orders.columns:
        back |= (orders.quantity < 0).fill_null(False)
    return back


def rows_of(rows: ir.Table, customer: ir.Value, ids: ir.Table) -> ir.Table:
    """Return the rows of those whose id is among the ids; NULL is one of them.

    Args:
        rows: of any kind.
        customer: the typed id of each.
        ids: one column ``customer_id``, and maybe others.
    """
    return rows.semi_join(ids, customer.identical_to(ids.customer_id))


def suspected(counts: ir.Table, dropped: ir.Table | None) -> ir.Table:
    """Return (customer_id) of those who have a row that is rejected.

    Args:
        counts: ``customer_id``, ``read_rows`` and ``kept_rows``, one row a customer.
        dropped: (customer_id, reason) of customers who were left out after validation.
    """
    ids = counts.filter(counts.kept_rows < counts.read_rows).select("customer_id")
    return ids if dropped is None else ids.union(dropped.select("customer_id"))


def candidate_rejects(
    rows: ir.Table, dropped: ir.Table | None, maybe_duplicates: ir.Table | None
) -> ir.Table:
    """Return the rows that may be rejected.

    Args:
        rows: validated rows of the customers who have a rejected one.
        dropped: (customer_id, reason) of customers who were left out after validation.
        maybe_duplicates: ``customer_id`` of all who may have equal rows; of the others only rows
            that are rejected for themselves are returned. None: any customer may have some.
    """
    if maybe_duplicates is None:
        return rows
    whole = maybe_duplicates.select("customer_id")
    if dropped is not None:
        whole = whole.union(dropped.select("customer_id"))
    rejected = rows.reason.notnull()
    return rows.filter(rejected | rows.customer_id.isin(whole.customer_id).fill_null(False))


def _predicates(
    table: ir.Table, reading: Reading, predicates: Sequence[UserSQL]
) -> list[tuple[ir.BooleanValue, str]]:
    return [
        (predicate.over(arguments(table, reading, predicate)), predicate.name)
        for predicate in predicates
    ]


def arguments(table: ir.Table, reading: Reading, sql: UserSQL) -> list[ir.Value]:
    """Return the typed values of the columns that a piece of the user's SQL reads."""
    names: Mapping[str, str] = {c.name.lower(): c.name for c in reading.columns}
    return [
        value(table, reading.column(names[column.lower()]), reading.null_values)
        for column in sql.columns
    ]


def _first(cases: Sequence[tuple[ir.BooleanValue, str]]) -> ir.StringValue:
    return ibis.cases(*cases, else_=ibis.null("string"))


def counts(validated: ir.Table) -> ir.Table:
    """Return (customer_id, read_rows, kept_rows) of each validated row."""
    read = validated.copies if "copies" in validated.columns else ibis.literal(1)
    kept = validated.reason.isnull().cast("int64")
    return validated.select(customer_id=validated.customer_id, read_rows=read, kept_rows=kept)

"""Check the data: what of the sources would make the result wrong, before anything is fitted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import ibis.expr.types as ir

from segdb.checks import currencies, customers, rows, states
from segdb.checks.discounts import ignored_discounts
from segdb.checks.free_orders import free_orders
from segdb.checks.warning import DataWarning
from segdb.engines.protocol import Database
from segdb.expressions import validate
from segdb.expressions.typed_source import carried, typed
from segdb.inspect.candidates import HEAD
from segdb.inspect.sentinels import amount_sentinels
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Role
from segdb.steps.features.options import FeatureOptions
from segdb.steps.ingest.reconcile_rows import Accounts, ValidatedSource
from segdb.steps.progress import Progress

# Where the value stands that a row is rejected for.
_ROLE_OF_REASON: Mapping[str, Role] = {
    validate.BAD_DATE: "ordered_at",
    validate.BAD_AMOUNT: "amount",
}
# Of the orders: with fewer that have no amount at all, lines without one continue an order.
_FEW = 0.05


def check_data(
    store: Database,
    sources: Mapping[str, ValidatedSource],
    accounts: Accounts,
    rejected: ir.Table,
    options: FeatureOptions,
    progress: Progress,
) -> None:
    """Warn of what in the sources would make the result wrong.

    Args:
        store: where the sources are.
        sources: the sources with their validated rows, by name.
        accounts: rows read, kept and rejected.
        rejected: (source, reason, row) of every rejected row.
        options: the share of rejected rows above which a run stops, and ``as_of``.
        progress: receives the warnings.
    """
    warnings: list[DataWarning] = []
    for name, source in sources.items():
        warnings += _rejections(store, name, source, accounts, rejected, options)
    orders = sources.get("orders")
    if orders is not None:
        warnings += _orders(store, orders, options.clean.reject.values())
    for warning in warnings:
        progress.warn(warning)


def _orders(store: Database, orders: ValidatedSource, rejects: Iterable[str]) -> list[DataWarning]:
    ask, reading, counts = store.fetch, orders.source_reading, orders.counts
    kept = orders.rows.filter(orders.rows.reason.isnull())
    warnings = currencies.several_currencies(kept, reading, ask)
    warnings += states.unpaid_orders(kept, reading, ask, rejects)
    warnings += ignored_discounts(kept, reading, ask)
    warnings += free_orders(kept, reading, ask)
    warnings += _shared_amounts(orders, ask)
    warnings += customers.no_revenue(counts, ask)
    # Guests under one id are no large customer.
    warnings += customers.guests(counts, reading, ask) or customers.large_share(
        counts, kept, reading, ask
    )
    warnings += customers.revenue_without_customer(counts, ask)
    return warnings


def _shared_amounts(orders: ValidatedSource, ask: Ask) -> list[DataWarning]:
    """Return warnings of amounts that stand for missing ones, by the first rows."""
    reading = orders.source_reading
    roles: tuple[Role, ...] = ("amount", "unit_price")
    columns = [reading.roles[role] for role in roles if role in reading.roles]
    return amount_sentinels(orders.raw.table.limit(HEAD), reading, columns, ask, orders.raw.origin)


def _rejections(
    store: Database,
    name: str,
    source: ValidatedSource,
    accounts: Accounts,
    rejected: ir.Table,
    options: FeatureOptions,
) -> list[DataWarning]:
    limit = options.checks.max_rejected_share
    read = accounts.read_of[name]
    warnings: list[DataWarning] = []
    for (of, reason), number in accounts.reasons.items():
        # Whoever looks back to an earlier as_of wants later orders out.
        if of != name or (reason == validate.FUTURE and options.as_of):
            continue
        if reason == validate.DUPLICATE_ROW:
            warnings += rows.equal_rows(number, read, source.source_reading)
        if rows.deserves_a_look(reason, number / max(read, 1), limit):
            continuing = _continuing(store, source, reason) if name == "orders" else 0
            example = _example(store, source, name, reason, rejected)
            warnings += rows.rejected_share(
                source.raw.origin,
                reason,
                number - continuing,
                read,
                limit,
                example,
            )
    return warnings


def _continuing(store: Database, orders: ValidatedSource, reason: str) -> int:
    """Return how many rejected rows only continue an order of a row above, and carry no money.

    Exports of shops write the columns of an order into its first line alone.
    """
    if reason not in (validate.MISSING_ID, validate.BAD_DATE, validate.BAD_AMOUNT):
        return 0
    lines = validate.validated_orders(
        typed(orders.raw.table, orders.source_reading), orders.source_reading, validate.Rules()
    )
    empty = lines.amount.isnull()
    for role in ("amount", "unit_price"):
        if role in orders.source_reading.roles:
            raw = lines[carried(orders.source_reading.roles[role])]
            empty &= raw.isnull() | (raw.cast("string").strip() == "")
    bare = (lines.reason == reason) & (
        empty | (lines.customer_id.isnull() & lines.ordered_at.isnull())
    )
    number = int(store.rows(lines.agg(n=bare.sum()))[0]["n"] or 0)
    if not number or reason != validate.BAD_AMOUNT or "order_id" not in lines.columns:
        return number
    totals = lines.group_by("order_id").agg(amount=lines.amount.max())
    row = store.rows(totals.agg(n=totals.count(), without=totals.amount.isnull().sum()))[0]
    return number if (row["without"] or 0) <= _FEW * row["n"] else 0


def _example(
    store: Database, source: ValidatedSource, name: str, reason: str, rejected: ir.Table
) -> object:
    """Return a value for which rows are rejected, where it is one column's."""
    role = _ROLE_OF_REASON.get(reason)
    column = source.source_reading.roles.get(role) if role else None
    if column is None:
        return None
    chosen = rejected.filter((rejected.source == name) & (rejected.reason == reason)).limit(100)
    values = [json.loads(row["row"]).get(column) for row in store.rows(chosen)]
    return next((value for value in values if value is not None), None)

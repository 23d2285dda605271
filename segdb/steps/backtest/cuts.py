"""Cuts: the days whose segments are tested, and the sources as they were known then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir

from segdb.engines.protocol import Database
from segdb.errors import SettingsError
from segdb.expressions.coreset import uniform
from segdb.expressions.outcomes import between
from segdb.expressions.typed_source import customer_of
from segdb.expressions.validate import rows_of
from segdb.steps.ingest.resolve_columns import Sources

# No other draw has it.
_SEED = 7


@dataclass(frozen=True)
class Cut:
    """A day whose segments are tested.

    Attributes:
        moment: its midnight.
        horizon_days: how many days from there on are looked at.
    """

    moment: datetime
    horizon_days: int

    @property
    def end(self) -> datetime:
        """The first moment behind the horizon."""
        return self.moment + timedelta(days=self.horizon_days)


def cuts_of(wanted: Sequence[date], horizon: int, first: date, last: date) -> tuple[Cut, ...]:
    """Return the cuts, in order.

    Args:
        wanted: the days; empty for one, as long before the last order as the horizon is.
        horizon: days to look ahead.
        first: the day of the first order.
        last: that of the last one.

    Raises:
        SettingsError: the horizon behind a day is not over, or no order came before it.
    """
    latest = last + timedelta(days=1) - timedelta(days=horizon)
    for day in wanted:
        if not first < day <= latest:
            raise SettingsError(
                f"[backtest] cuts: {day} needs orders before it, and {horizon} days of them behind "
                f"it; the orders are of {first} to {last}. The latest day is {latest}, or set "
                "[backtest] horizon to fewer days."
            )
    days = sorted(set(wanted)) or [latest]
    return tuple(Cut(datetime(d.year, d.month, d.day), horizon) for d in days)


def sample_customers(
    store: Database, customers: ir.Table, number: int, most: int
) -> ir.Table | None:
    """Return the ``customer_id`` of so many customers, each as likely; None where all are taken.

    Args:
        store: where they are.
        customers: all of them, of today.
        number: how many they are.
        most: how many are wanted.
    """
    if number <= most:
        return None
    ids = customers.filter(uniform(customers.customer_id, _SEED) < most / number)
    return store.table("segdb_drawn", ids.select("customer_id"))


def sources_before(store: Database, sources: Sources, cut: Cut, ids: ir.Table | None) -> Sources:
    """Return the sources with the orders before a cut alone, of all customers or of those drawn.

    A table of customers has no dates: it is as it is today.
    """
    return _of_period(store, "segdb_orders_before", sources, (None, cut.moment), ids)


def orders_within_horizon(
    store: Database, sources: Sources, cut: Cut, ids: ir.Table | None
) -> Sources:
    """Return the orders within the horizon of a cut, likewise, and no customers."""
    period = _of_period(store, "segdb_orders_after", sources, (cut.moment, cut.end), ids)
    return replace(period, customers=None)


def _of_period(
    store: Database,
    name: str,
    sources: Sources,
    period: tuple[datetime | None, datetime],
    ids: ir.Table | None,
) -> Sources:
    assert sources.orders is not None  # noqa: S101 - the caller asked first
    raw, reading = sources.orders
    since, before = period
    start = None if since is None else ibis.literal(since, "timestamp(6)")
    rows = between(raw.table, reading, start, ibis.literal(before, "timestamp(6)"))
    if ids is not None:
        rows = rows_of(rows, customer_of(rows, reading), ids)
    dated = replace(raw, table=store.view(name, rows), definition=None, unreadable=None)
    return replace(sources, orders=(dated, reading))

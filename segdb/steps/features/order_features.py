"""Order features: the orders validated, and aggregated into one row of features a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis.expr.types as ir

from segdb.engines.protocol import Database
from segdb.engines.publishing.aggregates import Aggregates
from segdb.expressions import aggregate_orders as stage
from segdb.features.catalogue import Catalogue, Entry
from segdb.features.feature import epoch
from segdb.steps.features.aggregate_orders import ReusedAggregates
from segdb.steps.features.options import FeatureOptions
from segdb.steps.ingest.far_dates import validate_without_far_dates
from segdb.steps.ingest.reconcile_rows import ValidatedSource, nothing_left, reconcile_rows
from segdb.steps.ingest.resolve_columns import Sources, choose_order_entries
from segdb.steps.progress import Progress


@dataclass(frozen=True)
class OrderFeatures:
    """The features that come of the orders.

    Attributes:
        sources: the sources, as they are read in the end.
        validated: the orders, with their aggregates.
        entries: the features that are wanted of them.
        features: one row a customer who bought.
        buyers: the ``customer_id`` of each.
        dropped: (customer_id, reason) of customers without an order.
        as_of: the moment that days count back from.
    """

    sources: Sources
    validated: ValidatedSource
    entries: tuple[Entry, ...]
    features: ir.Table
    buyers: ir.Table
    dropped: ir.Table
    as_of: datetime

    @property
    def aggregates(self) -> Aggregates:
        """The aggregates of the orders, and what of them is other than in the last run."""
        before = self.validated.before
        return Aggregates(self.validated.counts, None if before is None else before.changed)


def order_features(
    store: Database,
    options: FeatureOptions,
    sources: Sources,
    progress: Progress,
    reused: ReusedAggregates | None,
) -> OrderFeatures:
    """Validate the orders and aggregate them by customer.

    Args:
        store: the database.
        options: how to clean, and which features.
        sources: the sources, orders among them.
        progress: receives messages and warnings.
        reused: what an earlier run gave already; None to choose the features by the settings.

    Raises:
        DataError: no customer bought anything.
    """
    assert sources.orders is not None  # noqa: S101 - the caller asked first
    progress.step("Aggregating the orders")
    if reused:
        entries = reused.catalogue.of("orders", "sql")
    else:
        entries = choose_order_entries(options.features, sources.orders[1])
    sources, orders = validate_without_far_dates(
        store, options, sources, Catalogue(entries), progress, reused
    )
    counts = orders.counts
    dropped = stage.without_orders(counts)
    last = store.rows(stage.totals(counts))[0]["last_order_at"]
    if last is None:
        table = store.table("segdb_dropped", dropped)
        raise nothing_left(orders, reconcile_rows(store, {"orders": orders}, table)[0])
    as_of = options.as_of or _next_midnight(last)
    features = stage.of_orders(counts, Catalogue(entries), epoch(as_of))
    buyers = counts.filter(counts.last_order_at.notnull()).select("customer_id")
    return OrderFeatures(sources, orders, entries, features, buyers, dropped, as_of)


def _next_midnight(moment: datetime) -> datetime:
    day = datetime(moment.year, moment.month, moment.day)
    return day + timedelta(days=1)

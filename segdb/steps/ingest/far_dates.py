"""Far dates: find orders dated far from all others, and leave them out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import ibis
import ibis.expr.types as ir

from segdb.checks import far_dates as check
from segdb.engines.protocol import Database
from segdb.features.catalogue import Catalogue
from segdb.source_schema import Reading
from segdb.steps.features.aggregate_orders import ReusedAggregates, validate_orders
from segdb.steps.features.options import FeatureOptions
from segdb.steps.ingest.reconcile_rows import ValidatedSource
from segdb.steps.ingest.resolve_columns import Sources
from segdb.steps.progress import Progress


def _leaving_out(
    store: Database, orders: ValidatedSource, reading: Reading, progress: Progress
) -> Reading | None:
    """Return the reading that leaves far dates out; None where there are none to leave out.

    Args:
        store: where the orders are.
        orders: validated, with aggregates by customer.
        reading: of all columns of the orders.
        progress: receives the warnings.
    """
    counts = orders.counts
    rejected = []
    for far in check.far_dates(_days(store, counts), datetime.now(UTC).date()):
        first, end = check.as_interval(far)
        moment = orders.rows.ordered_at
        inside = (moment >= _timestamp(first)) & (moment < _timestamp(end))
        kept = orders.rows.reason.isnull()
        row = store.rows(orders.rows.agg(n=(inside & kept).sum(), of=orders.rows.count()))[0]
        number = int(row["n"] or 0)
        progress.warn(check.warning(far, number, number / max(row["of"], 1), orders.raw.origin))
        if far.rejected:
            rejected.append((first, end))
    if not rejected:
        return None
    return replace(reading, far_dates=(*reading.far_dates, *rejected))


def validate_without_far_dates(
    store: Database,
    options: FeatureOptions,
    sources: Sources,
    catalogue: Catalogue,
    progress: Progress,
    reused: ReusedAggregates | None,
) -> tuple[Sources, ValidatedSource]:
    """Validate the orders, and once more without dates far from all others, where there are any.

    Args:
        store: where the orders are.
        options: how the orders are cleaned, and which warnings are accepted.
        sources: the sources, orders among them.
        catalogue: the features wanted of the orders.
        progress: receives the warnings.
        reused: what an earlier run gave already.

    Returns:
        The sources as they are read in the end, and the orders.
    """
    assert sources.orders is not None  # noqa: S101 - the caller asked first
    raw, reading = sources.orders
    orders = validate_orders(store, options, sources, catalogue, progress, reused)
    if "far_dates" in options.checks.accept:
        return sources, orders
    nearer = _leaving_out(store, orders, reading, progress)
    if nearer is None:
        return sources, orders
    sources = replace(sources, orders=(raw, nearer))
    return sources, validate_orders(store, options, sources, catalogue, progress, None)


def _days(store: Database, counts: ir.Table) -> list[tuple[date, int]]:
    """Return the days of the customers' first and last orders, and how many customers each has."""
    names = [name for name in ("first_order_at", "last_order_at") if name in counts.columns]
    parts = [counts.select(day=counts[name].date()) for name in names]
    days = ibis.union(*parts) if len(parts) > 1 else parts[0]
    days = days.filter(days.day.notnull())
    counted = days.group_by("day").agg(n=days.count()).order_by("day")
    return [(row["day"], int(row["n"])) for row in store.rows(counted)]


def _timestamp(day: str) -> ir.TimestampScalar:
    return ibis.literal(day, "timestamp(6)")

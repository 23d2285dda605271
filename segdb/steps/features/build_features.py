"""Build features: from the sources to one table of features, every row reconciled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from segdb.config.settings import Settings
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.read.readers import Raw
from segdb.errors import EngineError, SettingsError
from segdb.expressions import aggregate_orders as stage
from segdb.expressions import validate
from segdb.expressions.aggregate_orders import Bounds
from segdb.expressions.scoring_chain import Recipe
from segdb.expressions.typed_source import typed
from segdb.features.catalogue import Catalogue, Entry
from segdb.features.feature import epoch
from segdb.inspect.sentinels import sentinels
from segdb.source_schema import Reading
from segdb.steps.features.aggregate_orders import ReusedAggregates
from segdb.steps.ingest.check_data import check_data
from segdb.steps.ingest.far_dates import validate_without_far_dates
from segdb.steps.ingest.reconcile_rows import (
    Accounts,
    ValidatedSource,
    nothing_left,
    reconcile_rows,
)
from segdb.steps.ingest.resolve_columns import (
    Sources,
    as_user_error,
    choose_customer_entries,
    choose_order_entries,
    recipe_of,
)
from segdb.steps.preprocess.exclude_customers import narrowed
from segdb.steps.progress import Progress


@dataclass(frozen=True)
class BuiltFeatures:
    """What comes out of reading, cleaning and aggregating.

    Attributes:
        features: one row a customer: ``customer_id`` and every feature in natural units.
        catalogue: what the features are.
        recipe: how the sources were read and cleaned.
        as_of: the moment that days count back from; None without orders.
        accounts: the rows.
        rejected: (source, reason, row) of every rejected row.
        customers: how many there are.
        sources: the sources, as they are read in the end.
        aggregates: of the orders, one row a customer, where a watermark says that a later run can
            go on from them.
        bounds: of every feature, where they were learned before customers beyond them left; None
            where they are still to be learned.
    """

    features: ir.Table
    catalogue: Catalogue
    recipe: Recipe
    as_of: datetime | None
    accounts: Accounts
    rejected: ir.Table
    customers: int
    sources: Sources
    aggregates: ir.Table | None = None
    bounds: Bounds | None = None


def build_features(
    store: DuckDB,
    settings: Settings,
    sources: Sources,
    progress: Progress,
    reused: ReusedAggregates | None = None,
) -> BuiltFeatures:
    """Read and judge the sources, and aggregate the orders in one pass.

    Args:
        store: the database.
        settings: how to clean, and which features.
        sources: the sources.
        progress: receives messages and warnings.
        reused: what an earlier run gave already; None to choose the features by the settings.

    Raises:
        DataError: no row is left.
        SettingsError: the user's own SQL cannot be run.
        SegdbError: whatever reading and the settings have to say.
    """
    try:
        with store.refusals():
            return _build_features(store, settings, sources, progress, reused)
    except EngineError as error:
        raise as_user_error(error, settings) from error


def _build_features(
    store: DuckDB,
    settings: Settings,
    sources: Sources,
    progress: Progress,
    reused: ReusedAggregates | None,
) -> BuiltFeatures:
    as_of = settings.as_of
    recipe = recipe_of(settings, sources)
    orders = customers = order_features = dropped = buyers = None
    entries: tuple[Entry, ...] = ()
    if sources.orders:
        progress.step("Aggregating the orders")
        entries = (
            reused.catalogue.of("orders", "sql")
            if reused
            else choose_order_entries(settings, sources.orders[1])
        )
        sources, orders = validate_without_far_dates(
            store, settings, sources, Catalogue(entries), progress, reused
        )
        recipe = recipe_of(settings, sources)
        per_customer = orders.counts
        totals = store.rows(stage.totals(per_customer))[0]
        if totals["last_order_at"] is None:
            dropped = store.table("segdb_dropped", stage.without_orders(per_customer))
            raise nothing_left(orders, reconcile_rows(store, {"orders": orders}, dropped)[0])
        as_of = as_of or _next_midnight(totals["last_order_at"])
        order_features = stage.of_orders(per_customer, Catalogue(entries), epoch(as_of))
        buyers = per_customer.filter(per_customer.last_order_at.notnull()).select("customer_id")
        dropped = stage.without_orders(per_customer)
    if sources.customers:
        customers = _validate_customers(store, recipe, sources, buyers, progress)
        entries += (
            reused.catalogue.of("attribute", "category")
            if reused
            else choose_customer_entries(store, settings, customers, entries)
        )
    catalogue = _not_empty(entries)
    if reused is None and sources.customers:
        _warn_of_sentinels(store, sources.customers, entries, progress)
    if reused is None and sources.orders and sources.customers:
        _note_unused_customers(catalogue, recipe, sources.customers[0].origin, progress)
    features = _features(catalogue, order_features, customers)
    features, recipe, out, bounds = narrowed(store, settings, catalogue, features, recipe, reused)
    features = store.table("segdb_features", features)
    dropped = _dropped(store, [*([] if dropped is None else [dropped]), *out])
    progress.step("Accounting for every row")
    present = {
        name: one for name, one in (("orders", orders), ("customers", customers)) if one is not None
    }
    accounts, rejected = reconcile_rows(store, present, dropped)
    check_data(store, present, accounts, rejected, settings, progress)
    count = int(store.rows(features.agg(n=features.count()))[0]["n"])
    if count == 0:
        raise nothing_left(next(iter(present.values())), accounts)
    aggregates = orders.counts if orders and settings.source.watermark else None
    return BuiltFeatures(
        features, catalogue, recipe, as_of, accounts, rejected, count, sources, aggregates, bounds
    )


def _dropped(store: DuckDB, parts: Sequence[ir.Table]) -> ir.Table | None:
    """Return (customer_id, reason) of customers who are left out; None where there are none."""
    if not parts:
        return None
    dropped = store.table("segdb_dropped", ibis.union(*parts) if len(parts) > 1 else parts[0])
    return dropped if store.rows(dropped.limit(1)) else None


def _not_empty(entries: tuple[Entry, ...]) -> Catalogue:
    if not entries:
        raise SettingsError(
            "[features] use is empty, and nothing else makes a feature. Name one, such as "
            '"frequency", or leave the key out.'
        )
    return Catalogue(entries)


def _warn_of_sentinels(
    store: DuckDB, customers: tuple[Raw, Reading], entries: tuple[Entry, ...], progress: Progress
) -> None:
    raw, reading = customers
    attributes = [entry.column for entry in entries if entry.kind == "attribute" and entry.column]
    for warning in sentinels(raw.table, reading, attributes, store.fetch, raw.origin):
        progress.warn(warning)


def _note_unused_customers(
    catalogue: Catalogue, recipe: Recipe, origin: str, progress: Progress
) -> None:
    """Tell of a table of customers that was given beside the orders, and changes nothing."""
    if not catalogue.of("attribute", "category") and not recipe.rules["customers"].predicates:
        progress.note(
            f"customers: no column of {origin} is a feature. Name those that shall be in "
            "[features] attributes (numbers) or categories (text)."
        )


def _note_unknown_customers(
    store: DuckDB, origin: str, rows: ir.Table, buyers: ir.Table, progress: Progress
) -> None:
    """Tell of a table of customers in which no id is one of the orders'."""
    strangers = rows.filter(rows.reason == validate.NO_ORDERS).customer_id
    kept = rows.filter(rows.reason.isnull())
    examples = [store.rows(ids.limit(1)) for ids in (kept, strangers.as_table(), buyers)]
    if not examples[0] and examples[1] and examples[2]:
        here, there = (str(one[0]["customer_id"]) for one in examples[1:])
        progress.note(
            f"customers: no customer_id of {origin} is one of the orders' "
            f"({here!r} here, {there!r} there): are they written alike?"
        )


def _validate_customers(
    store: DuckDB, recipe: Recipe, sources: Sources, buyers: ir.Table | None, progress: Progress
) -> ValidatedSource:
    assert sources.customers is not None  # noqa: S101 - the caller asked first
    raw, reading = sources.customers
    table = validate.deduplicated(raw.table) if recipe.deduplicate else raw.table
    rows = store.view("segdb_customers_typed", typed(table, reading))
    validated = validate.validated_customers(rows, reading, recipe.rules["customers"], buyers)
    validated = store.table("segdb_customers", validated)
    if buyers is not None:
        _note_unknown_customers(store, raw.origin, validated, buyers, progress)
    return ValidatedSource(raw, validated, reading, validate.counts(validated))


def _features(
    catalogue: Catalogue, orders: ir.Table | None, customers: ValidatedSource | None
) -> ir.Table:
    if customers is None:
        assert orders is not None  # noqa: S101 - a run has one source at least
        return orders
    attributes = stage.of_customers(customers.rows, catalogue, customers.reading)
    return attributes if orders is None else stage.joined(orders, attributes)


def _next_midnight(moment: datetime) -> datetime:
    day = datetime(moment.year, moment.month, moment.day)
    return day + timedelta(days=1)

"""Build features: from the sources to one table of features, every row reconciled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

import ibis
import ibis.expr.types as ir

from segdb.engines.protocol import Database
from segdb.engines.publishing.aggregates import Aggregates
from segdb.errors import SettingsError
from segdb.expressions import aggregate_orders as stage
from segdb.expressions import validate
from segdb.expressions.aggregate_orders import Bounds
from segdb.expressions.scoring_chain import Recipe
from segdb.expressions.typed_source import typed
from segdb.features.catalogue import Catalogue, Entry
from segdb.inspect.sentinels import sentinels
from segdb.steps.features.aggregate_orders import ReusedAggregates
from segdb.steps.features.options import FeatureOptions
from segdb.steps.features.order_features import OrderFeatures, order_features
from segdb.steps.ingest.check_data import check_data
from segdb.steps.ingest.reconcile_rows import (
    Accounts,
    ValidatedSource,
    nothing_left,
    reconcile_rows,
)
from segdb.steps.ingest.resolve_columns import (
    Sources,
    choose_customer_entries,
    recipe_of,
)
from segdb.steps.preprocess.exclude_customers import exclude_customers
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
        counts: of the orders, one row a customer; None without orders.
        aggregates: the same, where a watermark says that a later run can go on from them.
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
    counts: ir.Table | None = None
    aggregates: Aggregates | None = None
    bounds: Bounds | None = None


def build_features(
    store: Database,
    options: FeatureOptions,
    sources: Sources,
    progress: Progress,
    reused: ReusedAggregates | None = None,
    previous_names: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> BuiltFeatures:
    """Read and validate the sources, and aggregate the orders in one pass.

    Args:
        store: the database.
        options: how to clean, and which features.
        sources: the sources.
        progress: receives messages and warnings.
        reused: what an earlier run gave already; None to choose the features by the settings.
        previous_names: of the last run's 0/1 features, by column and value: by its name a feature
            is known again from run to run.

    Raises:
        DataError: no row is left.
        SegdbError: whatever reading and the settings have to say.
    """
    recipe = recipe_of(options.clean, options.as_of, sources)
    orders = customers = None
    entries: tuple[Entry, ...] = ()
    if sources.orders:
        orders = order_features(store, options, sources, progress, reused)
        sources, entries = orders.sources, orders.entries
        recipe = recipe_of(options.clean, options.as_of, sources)
    if sources.customers:
        buyers = orders.buyers if orders else None
        customers = _validate_customers(store, recipe, sources, buyers, progress)
        if reused:
            entries += reused.catalogue.of("attribute", "category")
        else:
            entries += choose_customer_entries(
                store, options.features, customers, entries, previous_names, progress
            )
    catalogue = _not_empty(entries)
    if reused is None:
        _check_customers(store, sources, catalogue, recipe, progress)
    features = _features(catalogue, orders.features if orders else None, customers)
    features, recipe, out, bounds = exclude_customers(
        store, options.preprocess, catalogue, features, recipe, reused
    )
    features = store.table("segdb_features", features)
    dropped = _dropped(store, [*([orders.dropped] if orders else []), *out])
    progress.step("Accounting for every row")
    validated = _validated(orders, customers, anew=bool(out))
    accounts, rejected = reconcile_rows(store, validated, dropped)
    check_data(store, validated, accounts, rejected, options, progress)
    count = int(store.rows(features.agg(n=features.count()))[0]["n"])
    if count == 0:
        raise nothing_left(next(iter(validated.values())), accounts)
    as_of = orders.as_of if orders else options.as_of
    counts = orders.validated.counts if orders else None
    aggregates = orders.aggregates if orders and options.watermark else None
    known = (catalogue, recipe, as_of, accounts, rejected, count, sources)
    return BuiltFeatures(features, *known, counts, aggregates, bounds)


def _dropped(store: Database, parts: Sequence[ir.Table]) -> ir.Table | None:
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


def _validated(
    orders: OrderFeatures | None, customers: ValidatedSource | None, *, anew: bool
) -> dict[str, ValidatedSource]:
    """Return the sources that there are, by name.

    Args:
        orders: the orders.
        customers: the table of customers.
        anew: rejected orders are looked for anew: customers were left out by their features, which
            change without a new row.
    """
    checked = orders.validated if orders else None
    if checked is not None and anew:
        checked = replace(checked, before=None)
    pairs = (("orders", checked), ("customers", customers))
    return {name: source for name, source in pairs if source is not None}


def _check_customers(
    store: Database, sources: Sources, catalogue: Catalogue, recipe: Recipe, progress: Progress
) -> None:
    """Say what of a table of customers is unused, or stands for missing values."""
    if sources.customers is None:
        return
    raw, reading = sources.customers
    if sources.orders:
        _note_unused_customers(catalogue, recipe, raw.origin, progress)
    attributes = [entry.column for entry in catalogue.of("attribute") if entry.column]
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
    store: Database, origin: str, rows: ir.Table, buyers: ir.Table, progress: Progress
) -> None:
    """Tell of a table of customers in which no id is one of the orders'."""
    strangers = rows.filter(rows.reason == validate.NO_ORDERS).customer_id
    kept = rows.filter(rows.reason.isnull())
    examples = [store.rows(ids.limit(1)) for ids in (kept, strangers.as_table(), buyers)]
    if not examples[0] and examples[1] and examples[2]:
        unknown, buyer = (str(rows_of[0]["customer_id"]) for rows_of in examples[1:])
        progress.note(
            f"customers: no customer_id of {origin} is one of the orders' "
            f"({unknown!r} here, {buyer!r} there): are they written alike?"
        )


def _validate_customers(
    store: Database, recipe: Recipe, sources: Sources, buyers: ir.Table | None, progress: Progress
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

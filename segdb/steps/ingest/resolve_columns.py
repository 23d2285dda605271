"""Resolve columns: which features a run computes, and which source a filter belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from segdb.config.feature_sections import Features
from segdb.config.sections import Clean
from segdb.engines.protocol import Database
from segdb.engines.publishing.history import last_model
from segdb.engines.raw_source import Raw
from segdb.errors import SettingsError, nearest
from segdb.expressions import validate
from segdb.expressions.aggregate_orders import category_values
from segdb.expressions.scoring_chain import Recipe
from segdb.expressions.validate import Rules
from segdb.features.catalogue import Entry, customer_entries, order_entries
from segdb.formats.toml import toml_value
from segdb.inspect.attributes import numeric_attributes
from segdb.model import Model
from segdb.source_schema import Reading
from segdb.steps.ingest.reconcile_rows import ValidatedSource
from segdb.steps.progress import Progress
from segdb.user_sql import UserSQL


@dataclass(frozen=True)
class Sources:
    """The sources of a run, each with how its columns are read; one of them at least."""

    orders: tuple[Raw, Reading] | None
    customers: tuple[Raw, Reading] | None

    def columns(self, name: str) -> dict[str, str]:
        """Return the columns of a source by their lower-case names; empty without that source."""
        source = self.orders if name == "orders" else self.customers
        return {c.name.lower(): c.name for c in source[1].columns} if source else {}


def recipe_of(clean: Clean, as_of: datetime | None, sources: Sources) -> Recipe:
    """Return how the sources are read and cleaned.

    Args:
        clean: which rows are rejected.
        as_of: later orders are rejected; None for the time it is.
        sources: the sources.

    Raises:
        SettingsError: a predicate reads a column that no source has.
    """
    by_source = {"orders": sources.orders, "customers": sources.customers}
    readings = {name: source[1] for name, source in by_source.items() if source}
    orders = Rules(
        returns=clean.returns == "reject",
        predicates=_predicates(clean.reject, sources, "orders"),
        latest=as_of,
    )
    customers = Rules(predicates=_predicates(clean.reject, sources, "customers"))
    rules = {"orders": orders, "customers": customers}
    return Recipe(
        readings=readings,
        rules={name: rules[name] for name in readings},
        deduplicate=clean.duplicates == "reject",
        as_of=as_of,
    )


def frozen(recipe: Recipe) -> Recipe:
    """Return the recipe with one moment for "now", however often the rows are validated."""
    latest = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=validate.HOURS_EAST)
    rules = {
        name: rule if rule.latest else replace(rule, latest=latest)
        for name, rule in recipe.rules.items()
    }
    return replace(recipe, rules=rules)


def _predicates(expressions: Mapping[str, str], sources: Sources, name: str) -> tuple[UserSQL, ...]:
    """Return the predicates of a source: those whose columns the orders have are theirs."""
    predicates = []
    for reason, text in expressions.items():
        predicate = UserSQL.parse(reason, text, "clean.reject", aggregate=False)
        asked = {column.lower() for column in predicate.columns}
        columns = {n: sources.columns(n) for n in ("orders", "customers")}
        fits = [n for n in columns if columns[n] and asked <= set(columns[n])]
        if not fits:
            known = {**columns["orders"], **columns["customers"]}
            alien = [c for c in predicate.columns if c.lower() not in known]
            lacking = alien[0] if alien else predicate.columns[0]
            raise SettingsError(
                f"[clean.reject] {reason!r}: no source has the column '{lacking}'"
                + ("." if alien else " beside the others it reads.")
                + (nearest(lacking, known.values()) if alien else "")
            )
        if fits[0] == name:
            predicates.append(predicate)
    return tuple(predicates)


def choose_order_entries(features: Features, reading: Reading) -> tuple[Entry, ...]:
    """Return the features of the orders that the settings ask for.

    Raises:
        SettingsError: a feature or a column of the user's SQL does not exist.
    """
    entries = order_entries(features.use, features.sql, reading)
    known = {column.name.lower() for column in reading.columns}
    for entry in entries:
        if entry.sql is None:
            continue
        for column in UserSQL.parse(entry.name, entry.sql, "features.sql", aggregate=True).columns:
            if column.lower() not in known:
                raise SettingsError(
                    f"[features.sql] {entry.name}: the orders have no column '{column}'."
                    + nearest(column, [c.name for c in reading.columns])
                )
    return entries


def choose_customer_entries(
    store: Database,
    features: Features,
    customers: ValidatedSource,
    of_orders: tuple[Entry, ...],
    previous_names: Mapping[tuple[str, str], str],
    progress: Progress,
) -> tuple[Entry, ...]:
    """Return the features of the customers table that the settings ask for.

    Args:
        store: where the customers are.
        features: which features are wanted.
        customers: the customers, validated.
        of_orders: the features of the orders.
        previous_names: of the last run's 0/1 features, by column and value.
        progress: hears which columns were chosen.

    Raises:
        SettingsError: a column does not exist, or none can be a feature.
    """
    reading = customers.reading
    names = {column.name.lower(): column.name for column in reading.columns}

    def existing(key: str, column: str) -> str:
        if column.lower() not in names:
            raise SettingsError(
                f"[features] {key}: {customers.raw.origin} has no column '{column}'."
                + nearest(column, names.values())
            )
        return names[column.lower()]

    asked, categories = features.attributes, features.categories
    attributes = tuple(existing("attributes", column) for column in asked or ())
    if asked is None and not of_orders and not categories:
        inferred = numeric_attributes(customers.raw.table, reading, store.fetch)
        attributes, categories = inferred.measures, inferred.codes
        progress.note(_features_note(attributes, categories))
    levels = {}
    for column in categories:
        name = existing("categories", column)
        rows = store.rows(category_values(customers.rows, name, reading).limit(1000))
        levels[name] = [row["value"] for row in rows]
    of_orders_names = (entry.name for entry in of_orders)
    entries = customer_entries(attributes, levels, of_orders_names, previous_names)
    if not entries and not of_orders:
        texts = [c.name for c in reading.columns if c.name not in reading.roles.values()][:3]
        raise SettingsError(
            f"{customers.raw.origin} has no numeric column that differs between customers. Name "
            "columns of text whose values shall become features: [features] categories = "
            f"{toml_value(texts)}."
        )
    return entries


def _features_note(measures: Sequence[str], codes: Sequence[str]) -> str:
    """Say which columns became features, and which of them are taken for codes."""
    parts = [f"the numbers {', '.join(measures)}"] if measures else []
    if codes:
        parts.append(
            f"{', '.join(codes)}, taken for codes: a 0/1 feature a value. Name them in [features] "
            "attributes if they are numbers"
        )
    return f"customers: features are {'; and '.join(parts) or 'none'}."


def category_names(store: Database, schema: str) -> Mapping[tuple[str, str], str]:
    """Return the names of the last run's 0/1 features, by column and value.

    By its name a feature is known again from run to run, and in what others have built on it.
    """
    text = last_model(store, schema)
    try:
        entries = Model.from_json(text).catalogue.of("category") if text else ()
    except SettingsError:  # of another version of segdb
        return {}
    return {(entry.column or "", entry.value or ""): entry.name for entry in entries}

"""Resolve columns: which features a run computes, and which source a filter belongs to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from segdb.config.settings import Settings
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.history import last_model
from segdb.engines.duckdb.read.readers import Raw
from segdb.errors import EngineError, SegdbError, SettingsError, nearest
from segdb.expressions import validate
from segdb.expressions.aggregate_orders import category_values
from segdb.expressions.scoring_chain import Recipe
from segdb.expressions.validate import Rules
from segdb.features.catalogue import Entry, customer_entries, order_entries
from segdb.inspect.attributes import numeric_attributes
from segdb.model import Model
from segdb.source_schema import Reading
from segdb.steps.ingest.reconcile_rows import ValidatedSource
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


def recipe_of(settings: Settings, sources: Sources) -> Recipe:
    """Return how the settings want the sources read and cleaned.

    Raises:
        SettingsError: a predicate reads a column that no source has.
    """
    by_source = {"orders": sources.orders, "customers": sources.customers}
    readings = {name: source[1] for name, source in by_source.items() if source}
    orders = Rules(
        returns=settings.clean.returns == "reject",
        predicates=_predicates(settings, sources, "orders"),
        latest=settings.as_of,
    )
    customers = Rules(predicates=_predicates(settings, sources, "customers"))
    rules = {"orders": orders, "customers": customers}
    return Recipe(
        readings=readings,
        rules={name: rules[name] for name in readings},
        deduplicate=settings.clean.duplicates == "reject",
        as_of=settings.as_of,
    )


def frozen(recipe: Recipe) -> Recipe:
    """Return the recipe with one moment for "now", however often the rows are judged."""
    latest = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=validate.HOURS_EAST)
    rules = {
        name: rule if rule.latest else replace(rule, latest=latest)
        for name, rule in recipe.rules.items()
    }
    return replace(recipe, rules=rules)


def _predicates(settings: Settings, sources: Sources, name: str) -> tuple[UserSQL, ...]:
    """Return the predicates of a source: those whose columns the orders have are theirs."""
    own = []
    for reason, text in settings.clean.reject.items():
        predicate = UserSQL.parse(reason, text, "validate.reject", aggregate=False)
        asked = {column.lower() for column in predicate.columns}
        columns = {n: sources.columns(n) for n in ("orders", "customers")}
        fits = [n for n in columns if columns[n] and asked <= set(columns[n])]
        if not fits:
            known = {**columns["orders"], **columns["customers"]}
            alien = [c for c in predicate.columns if c.lower() not in known]
            lacking = alien[0] if alien else predicate.columns[0]
            raise SettingsError(
                f"[validate.reject] {reason!r}: no source has the column '{lacking}'"
                + ("." if alien else " beside the others it reads.")
                + (nearest(lacking, known.values()) if alien else "")
            )
        if fits[0] == name:
            own.append(predicate)
    return tuple(own)


def choose_order_entries(settings: Settings, reading: Reading) -> tuple[Entry, ...]:
    """Return the features of the orders that the settings ask for.

    Raises:
        SettingsError: a feature or a column of the user's SQL does not exist.
    """
    entries = order_entries(settings.features.use, settings.features.sql, reading)
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
    store: DuckDB, settings: Settings, customers: ValidatedSource, of_orders: tuple[Entry, ...]
) -> tuple[Entry, ...]:
    """Return the features of the customers table that the settings ask for.

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

    asked = settings.features.attributes
    if asked is None:
        by_source = numeric_attributes(customers.raw.table, reading, store.fetch)
        attributes = () if of_orders or settings.features.categories else by_source
    else:
        attributes = tuple(existing("attributes", column) for column in asked)
    levels = {}
    for column in settings.features.categories:
        name = existing("categories", column)
        rows = store.rows(category_values(customers.rows, name, reading).limit(1000))
        levels[name] = [row["value"] for row in rows]
    known = _names_before(store, settings.publish.schema_)
    entries = customer_entries(attributes, levels, (entry.name for entry in of_orders), known)
    if not entries and not of_orders:
        texts = [c.name for c in reading.columns if c.name not in reading.roles.values()][:3]
        raise SettingsError(
            f"{customers.raw.origin} has no numeric column that differs between customers. Name "
            "columns of text whose values shall become features: [features] categories = "
            f"{json.dumps(texts, ensure_ascii=False)}."
        )
    return entries


def _names_before(store: DuckDB, schema: str) -> Mapping[tuple[str, str], str]:
    """Return the names of the last run's 0/1 features, by column and value.

    By its name a feature is known again from run to run, and in what others have built on it.
    """
    text = last_model(store, schema)
    try:
        entries = Model.from_json(text).catalogue.of("category") if text else ()
    except SettingsError:  # of another version of segdb
        return {}
    return {(entry.column or "", entry.value or ""): entry.name for entry in entries}


def as_user_error(error: EngineError, settings: Settings) -> SegdbError:
    """Return the error as one of the settings, if SQL of the user's own was run; else as it is."""
    sections = {
        "[validate.reject]": bool(settings.clean.reject),
        "[features.sql]": bool(settings.features.sql),
        "[source] orders": _is_select(settings.source.orders),
        "[source] customers": _is_select(settings.source.customers),
    }
    own = [name for name, holds in sections.items() if holds]
    if not own:
        return error
    return SettingsError(f"{error} It stands in SQL of your own, in {' or '.join(own)}.")


def _is_select(source: str | None) -> bool:
    return source is not None and source.lstrip("( \n").lower().startswith(
        ("select", "with", "from")
    )

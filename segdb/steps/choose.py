"""Choose: which features a run computes, and which source a predicate speaks of."""

from __future__ import annotations

from dataclasses import dataclass

from segdb.compile import UserSQL
from segdb.errors import SettingsError, nearest
from segdb.features.catalogue import Entry, customer_entries, order_entries
from segdb.inspect import numeric_attributes
from segdb.reading import Reading
from segdb.settings import Settings
from segdb.stages.features import category_values
from segdb.steps.account import Judged
from segdb.store.duckdb import DuckDB
from segdb.store.readers import Raw


@dataclass(frozen=True)
class Sources:
    """The sources of a run, each with how its columns are read; one of them at least."""

    orders: tuple[Raw, Reading] | None
    customers: tuple[Raw, Reading] | None

    def columns(self, name: str) -> dict[str, str]:
        """Return the columns of a source by their lower-case names; empty without that source."""
        source = self.orders if name == "orders" else self.customers
        return {c.name.lower(): c.name for c in source[1].columns} if source else {}


def predicates(settings: Settings, sources: Sources, name: str) -> tuple[UserSQL, ...]:
    """Return the predicates of ``[clean.reject]`` that speak of a source.

    A predicate speaks of the orders if they have all of its columns, else of the customers.

    Raises:
        SettingsError: neither source has all of its columns.
    """
    own = []
    for reason, text in settings.clean.reject.items():
        predicate = UserSQL.parse(reason, text, "clean.reject", aggregate=False)
        asked = {column.lower() for column in predicate.columns}
        fits = [n for n in ("orders", "customers") if sources.columns(n) and asked <= set(
            sources.columns(n))]
        if not fits:
            known = [*sources.columns("orders").values(), *sources.columns("customers").values()]
            lacking = next(
                c for c in predicate.columns if c.lower() not in {k.lower() for k in known}
            ) if not asked <= {k.lower() for k in known} else predicate.columns[0]
            raise SettingsError(
                f"[clean.reject] {reason!r}: no source has the column '{lacking}'."
                + nearest(lacking, known)
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
    store: DuckDB, settings: Settings, customers: Judged, taken: tuple[Entry, ...]
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
        found = numeric_attributes(customers.raw.table, reading, store.fetch)
        attributes = () if taken or settings.features.categories else found
    else:
        attributes = tuple(existing("attributes", column) for column in asked)
    levels = {}
    for column in settings.features.categories:
        name = existing("categories", column)
        rows = store.rows(category_values(customers.rows, name, reading).limit(1000))
        levels[name] = [row["value"] for row in rows]
    entries = customer_entries(attributes, levels, (entry.name for entry in taken))
    if not entries and not taken:
        raise SettingsError(
            f"{customers.raw.origin} has no numeric column that differs between customers. Name "
            "one in [features] attributes, or a text column in [features] categories."
        )
    return entries

"""Reads and cleans a source as a run does, without fitting anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from segdb.checks.warning import DataWarning, from_json, most_important, stop_if_wrong, to_json
from segdb.config.settings import parse
from segdb.engines.duckdb.database import DuckDB
from segdb.expressions import validate
from segdb.expressions.typed_source import typed
from segdb.expressions.validate import Rules
from segdb.inspect.schema_hints import SchemaHints
from segdb.steps.features.build_features import BuiltFeatures, build_features
from segdb.steps.features.options import FeatureOptions
from segdb.steps.ingest.read_sources import read_sources
from segdb.steps.progress import Notes


@dataclass(frozen=True)
class Ingested:
    """What a source came to.

    Attributes:
        customers: how many have features.
        orders: of all of them.
        revenue: of all of them; None without orders.
        as_of: the moment that days count back from.
        kept: rows.
        read: rows.
        reasons: rejected rows by reason.
        warnings: what a run would show.
        notes: what was inferred.
        by_customer: orders, revenue, first and last order of each customer id, exactly.
    """

    customers: int
    orders: int
    revenue: float | None
    as_of: datetime | None
    kept: int
    read: int
    reasons: dict[str, int]
    warnings: list[DataWarning]
    notes: list[str]
    by_customer: dict[str, tuple[int, Decimal, datetime, datetime]] = field(default_factory=dict)

    @property
    def codes(self) -> list[str]:
        return [warning.code for warning in self.warnings]

    def warning(self, code: str) -> DataWarning:
        # Each is published as JSON.
        assert any(stored["code"] == code for stored in from_json(to_json(self.warnings)))
        return next(warning for warning in self.warnings if warning.code == code)


@dataclass(frozen=True)
class Features:
    """Features of a source, in the database where they were built."""

    store: DuckDB
    built: BuiltFeatures
    listener: Notes
    accepted: tuple[str, ...]


@contextmanager
def features_of(
    orders: str | Path | None, customers: str | Path | None = None, **sections: Any
) -> Iterator[Features]:
    """Read and clean sources, and stop where a run would."""
    settings = parse(sections)
    accepted = settings.checks.accept
    store, listener = DuckDB.memory(), Notes()
    try:
        hints = SchemaHints.of(settings)
        sources = read_sources(store, hints, _named(orders), _named(customers), listener)
        stop_if_wrong(listener.warnings, accepted)
        built = build_features(store, FeatureOptions.of(settings), sources, listener)
        stop_if_wrong(listener.warnings, accepted)
        yield Features(store, built, listener, accepted)
    finally:
        store.close()


def ingest(
    orders: str | Path | None = None, customers: str | Path | None = None, **sections: Any
) -> Ingested:
    """Read and clean sources, and return what they come to."""
    with features_of(orders, customers, **sections) as features:
        return _ingested(features)


def ingest_orders(orders: Path) -> Ingested:
    """Read and clean orders, and return of each customer what they come to as well."""
    with features_of(orders) as features:
        by_customer = _by_customer(features.store, features.built)
        return replace(_ingested(features), by_customer=by_customer)


def _by_customer(
    store: DuckDB, built: BuiltFeatures
) -> dict[str, tuple[int, Decimal, datetime, datetime]]:
    source = built.sources.orders
    assert source is not None
    raw, reading = source
    validated = validate.validated_orders(
        typed(validate.deduplicated(raw.table), reading), reading, Rules()
    )
    rows = validated.filter(validated.reason.isnull())
    key = rows.order_id.cast("string") if "order_id" in rows.columns else rows.ordered_at
    bought = ~rows.returned
    grouped = rows.group_by(who=rows.customer_id.cast("string")).agg(
        orders=key.nunique(where=bought) + rows.count(where=bought & key.isnull()),
        revenue=rows.amount.sum(),
        first=rows.ordered_at.min(where=bought),
        last=rows.ordered_at.max(where=bought),
    )
    return {
        row["who"]: (row["orders"], Decimal(row["revenue"]), row["first"], row["last"])
        for row in store.rows(grouped)
        if row["orders"]
    }


def _named(source: str | Path | None) -> str | None:
    return None if source is None else str(source)


def _ingested(of: Features) -> Ingested:
    features, accounts = of.built.features, of.built.accounts
    names = set(features.columns)
    sums: dict[str, Any] = {"customers": features.count()}
    sums |= {n: features[n].sum().cast("float64") for n in ("frequency", "monetary") if n in names}
    row = of.store.rows(features.agg(**sums))[0]
    return Ingested(
        customers=int(row["customers"]),
        orders=int(row.get("frequency") or 0),
        revenue=row.get("monetary"),
        as_of=of.built.as_of,
        kept=accounts.rows_kept,
        read=accounts.rows_read,
        reasons={reason: number for (_, reason), number in accounts.reasons.items()},
        warnings=most_important(of.listener.warnings, of.accepted),
        notes=of.listener.notes,
    )

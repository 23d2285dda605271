"""Reads and cleans a source as a run does, without fitting anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from segdb.checks.warning import DataWarning, most_important, stop_if_wrong
from segdb.settings import parse
from segdb.steps.intake import Intake, take_in
from segdb.steps.progress import Notes
from segdb.steps.read import read_sources
from segdb.store.duckdb import DuckDB


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

    @property
    def codes(self) -> list[str]:
        return [warning.code for warning in self.warnings]

    def warning(self, code: str) -> DataWarning:
        return next(warning for warning in self.warnings if warning.code == code)


def ingest(
    orders: str | Path | None = None, customers: str | Path | None = None, **sections: Any
) -> Ingested:
    """Read and clean sources, and stop where a run would."""
    settings = parse(sections)
    store, listener = DuckDB.memory(), Notes()
    try:
        sources = read_sources(store, settings, _named(orders), _named(customers), listener)
        stop_if_wrong(listener.warnings, settings.checks.accept)
        intake = take_in(store, settings, sources, listener)
        stop_if_wrong(listener.warnings, settings.checks.accept)
        return _ingested(store, intake, listener, settings.checks.accept)
    finally:
        store.close()


def _named(source: str | Path | None) -> str | None:
    return None if source is None else str(source)


def _ingested(
    store: DuckDB, intake: Intake, listener: Notes, accepted: tuple[str, ...]
) -> Ingested:
    features = intake.features
    names = set(features.columns)
    sums: dict[str, Any] = {"customers": features.count()}
    sums |= {n: features[n].sum().cast("float64") for n in ("frequency", "monetary") if n in names}
    row = store.rows(features.agg(**sums))[0]
    accounts = intake.accounts
    return Ingested(
        customers=int(row["customers"]),
        orders=int(row.get("frequency") or 0),
        revenue=row.get("monetary"),
        as_of=intake.as_of,
        kept=accounts.rows_kept,
        read=accounts.rows_read,
        reasons={reason: number for (_, reason), number in accounts.reasons.items()},
        warnings=most_important(listener.warnings, accepted),
        notes=listener.notes,
    )

"""Reconcile rows: rows_read = rows_kept + rows_rejected, in every run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import ibis
import ibis.expr.types as ir

from segdb.engines.protocol import Database
from segdb.engines.publishing.aggregates import Changed
from segdb.engines.raw_source import Raw
from segdb.errors import DataError, SegdbError
from segdb.expressions import validate
from segdb.expressions.rejected_rows import rejects, unreadable, untouched_rejects
from segdb.source_schema import Reading


@dataclass(frozen=True)
class Before:
    """What a refresh goes on from, where the orders only grew.

    Attributes:
        rejected: (source, reason, row) of the last run's rejected rows; None without them.
        changed: the customers with new rows, and their aggregates.
        rows_of: makes a named view of the validated rows of some of those customers.
    """

    rejected: ir.Table | None
    changed: Changed
    rows_of: Callable[[str, ir.Table], ir.Table]


@dataclass(frozen=True)
class ValidatedSource:
    """A source whose rows have been validated.

    Attributes:
        raw: the source as it was read.
        rows: its rows with ``reason``, and ``copies`` where duplicates are folded already.
        reading: how its columns are read.
        counts: one row, ``read_rows`` and ``kept_rows``, or a table that sums to them by
            ``customer_id``.
        once: makes a named view of validated rows in which equal rows are one, with ``copies``;
            None where they are in ``rows``, or nobody asks.
        rows_of: makes a named view of the validated rows of some customers; None where ``rows``
            is a table.
        maybe_duplicates: ``customer_id`` of all who may have equal rows; None for anyone.
        whole_reading: with the roles that no feature looks at; None where ``reading`` has them.
        before: what of the last run is as it was; None where all was aggregated.
    """

    raw: Raw
    rows: ir.Table
    reading: Reading
    counts: ir.Table
    once: Callable[[str, ir.Table], ir.Table] | None = None
    rows_of: Callable[[str, ir.Table], ir.Table] | None = None
    maybe_duplicates: ir.Table | None = None
    whole_reading: Reading | None = None
    before: Before | None = None

    @property
    def source_reading(self) -> Reading:
        """How all columns of the source are read, also those that no feature looks at."""
        return self.whole_reading or self.reading


@dataclass(frozen=True)
class Accounts:
    """Rows of all sources, the rejected ones by (source, reason), and those read by source."""

    rows_read: int
    rows_kept: int
    rows_rejected: int
    reasons: Mapping[tuple[str, str], int]
    read_of: Mapping[str, int] = field(default_factory=dict)


def reconcile_rows(
    store: Database, validated: Mapping[str, ValidatedSource], dropped: ir.Table | None
) -> tuple[Accounts, ir.Table]:
    """Count every row, and write the rejected ones into a temporary table.

    A source of which every row was kept is not read again.

    Args:
        store: where the sources are.
        validated: the sources by name.
        dropped: (customer_id, reason) of customers who were left out after validation.

    Returns:
        The accounts, and the table of (source, reason, row).

    Raises:
        SegdbError: the accounts do not add up, which is a fault of segdb.
    """
    kept = 0
    read_of: dict[str, int] = {}
    parts: list[ir.Table] = []
    for name, source in validated.items():
        source_read, source_kept = _counted(store, source, dropped)
        if source_kept < source_read:
            rows = _as_before(store, name, source, dropped, source_read - source_kept)
            if rows is None:
                rows = _rejects(source, dropped, validate.suspected(source.counts, dropped))
            parts.append(rows.select(source=ibis.literal(name), reason=rows.reason, row=rows.row))
        lines = source.raw.unreadable
        if lines is not None:
            parts.append(unreadable(lines, name))
            source_read += int(store.rows(lines.agg(n=lines.count()))[0]["n"])
        read_of[name] = source_read
        kept += source_kept
    some = next(iter(validated.values()))
    rejected = store.table(
        "segdb_rejected", _together(parts) if parts else _no_rejects(some.counts)
    )
    counted = rejected.group_by("source", "reason").agg(n=rejected.count())
    rows = store.rows(counted.order_by(ibis.desc("n"), "source", "reason"))
    reasons = {(row["source"], row["reason"]): int(row["n"]) for row in rows}
    read, out = sum(read_of.values()), sum(reasons.values())
    if read != kept + out:
        raise SegdbError(
            f"The rows do not add up: {read:,} read, {kept:,} kept, {out:,} rejected. Nothing was "
            "published; this is a fault of segdb."
        )
    return Accounts(read, kept, out, reasons, read_of), rejected


def nothing_left(validated: ValidatedSource, accounts: Accounts) -> DataError:
    """Return the error that no row of a source is left, with the reasons."""
    reasons = list(accounts.reasons.items())[:5]
    why = ", ".join(f"{reason}: {count:,}" for (_, reason), count in reasons)
    return DataError(
        f"No row of {validated.raw.origin} is left to segment ({why or 'it has no rows'}). "
        "Check [columns] and [clean], and as_of if you set one."
    )


def _rejects(source: ValidatedSource, dropped: ir.Table | None, ids: ir.Table) -> ir.Table:
    """Return (reason, row) of the rejected rows of some customers.

    To fold and to join all rows of a source costs several times what reading it does.
    """
    rows = validate.candidate_rejects(_theirs(source, ids), dropped, source.maybe_duplicates)
    rows = source.once("segdb_suspects", rows) if source.once else rows
    return rejects(rows, source.reading, dropped)


def _as_before(
    store: Database, name: str, source: ValidatedSource, dropped: ir.Table | None, number: int
) -> ir.Table | None:
    """Return (reason, row) of the rejected rows, those of untouched customers from the last run.

    Returns:
        None where they are not as many as were rejected: what the last run published was changed.
    """
    if source.before is None or source.before.rejected is None:
        return None
    touched = source.before.changed.touched
    stay = untouched_rejects(
        source.before.rejected, name, source.raw.table, source.reading, touched
    )
    ids = validate.suspected(source.counts, dropped)
    ids = ids.semi_join(touched, ids.customer_id.identical_to(touched.customer_id))
    fresh = _rejects(replace(source, rows_of=source.before.rows_of), dropped, ids)
    rows = store.table("segdb_rejected_orders", stay.union(fresh))
    return rows if store.rows(rows.agg(n=rows.count()))[0]["n"] == number else None


def _theirs(source: ValidatedSource, ids: ir.Table) -> ir.Table:
    if source.rows_of:
        return source.rows_of("segdb_suspected", ids)
    return validate.rows_of(source.rows, source.rows.customer_id, ids)


def _counted(store: Database, source: ValidatedSource, dropped: ir.Table | None) -> tuple[int, int]:
    counts = source.counts
    kept = counts.kept_rows
    if dropped is not None:
        gone = counts.customer_id.isin(dropped.customer_id).fill_null(False)
        kept = ibis.ifelse(gone, 0, kept)
    total = store.rows(counts.agg(read=counts.read_rows.sum(), kept=kept.sum()))[0]
    return int(total["read"] or 0), int(total["kept"] or 0)


def _no_rejects(table: ir.Table) -> ir.Table:
    """Return (source, reason, row) without a row, of any table."""
    empty = table.filter(ibis.literal(value=False))
    return empty.select(**{name: ibis.null("string") for name in ("source", "reason", "row")})


def _together(parts: list[ir.Table]) -> ir.Table:
    return ibis.union(*parts) if len(parts) > 1 else parts[0]

"""Append: the aggregates of orders that only grew, without aggregating all of them again."""

from __future__ import annotations

import re

import ibis.expr.types as ir

from segdb.errors import SettingsError, nearest
from segdb.features.catalogue import Catalogue
from segdb.reading import Reading
from segdb.stages import append, clean
from segdb.stages import features as stage
from segdb.steps.progress import Progress
from segdb.store.duckdb import DuckDB
from segdb.store.readers import Raw

_CLOCK = re.compile(
    r"\b(now|today|age|current_\w+|get_current_\w+|localtime\w*|transaction_timestamp)\b",
    re.IGNORECASE,
)


def checked(watermark: str | None, raw: Raw, reading: Reading) -> str | None:
    """Return the watermark by the name that its column has.

    Raises:
        SettingsError: the orders have no such column, or its values have no order.
    """
    if watermark is None or watermark == append.MOMENT:
        return watermark
    names = {column.name.lower(): column for column in reading.columns}
    if watermark.lower() not in names:
        raise SettingsError(
            f"[source] watermark: {raw.origin} has no column '{watermark}'."
            + nearest(watermark, [append.MOMENT, *(c.name for c in reading.columns)])
        )
    column = names[watermark.lower()]
    kind = raw.table[column.name].type()
    ordered = kind.is_numeric() or kind.is_temporal()
    if not (ordered if column.kind == "native" else column.kind in ("number", "timestamp")):
        raise SettingsError(
            f"[source] watermark = '{watermark}': its values are text. Name a column of numbers or "
            f'moments that never fall from row to row, or "{append.MOMENT}".'
        )
    return column.name


def aggregated_again(
    store: DuckDB,
    known: ir.Table,
    raw: Raw,
    rows: ir.Table,
    reading: Reading,
    catalogue: Catalogue,
    watermark: str,
    rules: clean.Rules,
    progress: Progress,
    *,
    deduplicate: bool,
) -> ir.Table | None:
    """Aggregate the customers with new rows, and put them into the last run's aggregates.

    Their rows are aggregated whole, old ones and new ones: distinct orders and the user's own
    aggregates cannot be added up from parts.

    Args:
        store: where the orders are.
        known: the aggregates of the last run, one row a customer.
        raw: the orders as they are now.
        rows: the same, judged.
        reading: how their columns are read.
        catalogue: the features wanted of them.
        watermark: what never falls.
        rules: what rejects a row.
        progress: hears why all customers have to be aggregated again.
        deduplicate: whether rows equal in every column count once.

    Returns:
        None where all of them have to be: the orders changed in another way than by growing, or
        other aggregates are wanted.
    """
    if _asks_the_time(catalogue, rules, progress):
        return None
    last = store.rows(known.agg(mark=known.high_mark.max(), at=known.last_order_at.max()))[0]
    if last["mark"] is None:
        return None
    own = append.mark(rows, reading, watermark)
    ids = store.table("segdb_touched", append.touched(rows, own, last["mark"], last["at"]))
    theirs = rows.semi_join(ids, rows.customer_id.identical_to(ids.customer_id))
    theirs = clean.folded(theirs) if deduplicate else theirs
    fresh = stage.per_customer(theirs, catalogue, reading, watermark=watermark)
    if set(fresh.columns) != set(known.columns):
        return None
    found = store.table("segdb_per_customer", append.merged(known, fresh, ids))
    there = store.rows(raw.table.agg(n=raw.table.count()))[0]["n"]
    accounted = store.rows(found.agg(n=found.read_rows.sum()))[0]["n"] or 0
    if there != accounted:
        progress.note(
            f"{raw.origin} has {there:,} rows, and by [source] watermark = '{watermark}' there "
            f"would be {accounted:,}: it changed in another way than by growing, so all customers "
            "are aggregated again."
        )
        return None
    return found


def _asks_the_time(catalogue: Catalogue, rules: clean.Rules, progress: Progress) -> bool:
    own = (*catalogue.user_sql(), *rules.predicates)
    asks = any(_CLOCK.search(sql.text) for sql in own)
    if asks:
        progress.note(
            "Your own SQL asks what time it is, which changes for every customer: all of them are "
            "aggregated again."
        )
    return asks

"""Incremental: the aggregates of orders that only grew, without aggregating all of them again."""

from __future__ import annotations

import re
from dataclasses import dataclass

import ibis.expr.types as ir

from segdb.engines.raw_source import Raw
from segdb.errors import SettingsError, nearest
from segdb.expressions import incremental as append
from segdb.expressions import validate
from segdb.features.catalogue import Catalogue
from segdb.source_schema import Reading
from segdb.steps.features.validate_orders import Aggregation
from segdb.steps.progress import Progress


@dataclass(frozen=True)
class Merged:
    """Aggregates of the last run, those of the customers with new rows replaced.

    Attributes:
        counts: one row a customer.
        touched: (customer_id) of all who have new rows; NULL for rows without an id.
        fresh: the aggregates of those.
        how: what is done with their rows, which are read already.
    """

    counts: ir.Table
    touched: ir.Table
    fresh: ir.Table
    how: Aggregation


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
    how: Aggregation, known: ir.Table, rows: ir.Table, watermark: str, progress: Progress
) -> Merged | None:
    """Aggregate the customers with new rows, and put them into the last run's aggregates.

    Their rows are aggregated whole, old ones and new ones: distinct orders and the user's own
    aggregates cannot be added up from parts.

    Args:
        how: what is done with the rows of the orders as they are now.
        known: the aggregates of the last run, one row a customer.
        rows: the orders, validated.
        watermark: what never falls.
        progress: receives a note why all customers have to be aggregated again.

    Returns:
        None where all of them have to be: the orders changed in another way than by growing, or
        other aggregates are wanted.
    """
    store, raw = how.store, how.raw
    if _asks_the_time(how.catalogue, how.rules, progress):
        return None
    last = store.rows(known.agg(mark=known.high_mark.max(), at=known.last_order_at.max()))[0]
    if last["mark"] is None:
        return None
    marked = append.mark(rows, how.reading, watermark)
    ids = store.table("segdb_touched", append.touched(rows, marked, last["mark"], last["at"]))
    own = how.narrowed_to("segdb_touched_raw", ids)
    touched_rows = own.once("segdb_touched_once", own.validated("segdb_touched_rows"))
    wanted = how.per_customer(touched_rows)
    if set(wanted.columns) != set(known.columns):
        return None
    fresh = store.table("segdb_fresh", wanted)
    whole = store.table("segdb_per_customer", append.merged(known, fresh, ids))
    row_count = store.rows(raw.table.agg(n=raw.table.count()))[0]["n"]
    accounted = store.rows(whole.agg(n=whole.read_rows.sum()))[0]["n"] or 0
    if row_count != accounted:
        progress.note(
            f"{raw.origin} has {row_count:,} rows, and by [source] watermark = '{watermark}' there "
            f"would be {accounted:,}: it changed in another way than by growing, so all customers "
            "are aggregated again."
        )
        return None
    return Merged(whole, ids, fresh, own)


def _asks_the_time(catalogue: Catalogue, rules: validate.Rules, progress: Progress) -> bool:
    user_sql = (*catalogue.user_sql(), *rules.predicates)
    asks = any(_CLOCK.search(sql.text) for sql in user_sql)
    if asks:
        progress.note(
            "Your own SQL asks what time it is, which changes for every customer: all of them are "
            "aggregated again."
        )
    return asks

"""Rejected rows: those that are not used, each with its reason and the values of its source."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from segdb.expressions.typed_source import carried, customer_of
from segdb.expressions.validate import BEFORE_DUPLICATE, DUPLICATE_ROW, UNREADABLE
from segdb.source_schema import Reading


def rejects(validated: ir.Table, reading: Reading, dropped: ir.Table | None) -> ir.Table:
    """Return one row (reason, row) per rejected row of a source.

    Args:
        validated: rows with ``reason``, and ``copies`` where duplicates were folded.
        reading: the source's columns.
        dropped: (customer_id, reason) of customers who were left out after validation.

    Returns:
        ``reason`` and ``row``, the source's own values as JSON text.
    """
    table = validated
    if dropped is not None:
        renamed = dropped.rename(dropped_id="customer_id", dropped_reason="reason")
        table = validated.left_join(renamed, validated.customer_id == renamed.dropped_id)
        table = table.mutate(reason=table.reason.coalesce(table.dropped_reason))
    raw = {column.name: table[carried(column.name)] for column in reading.columns}
    row = _to_json(ibis.struct(raw)).cast("string")
    if "copies" not in validated.columns:
        return table.filter(table.reason.notnull()).select(reason=table.reason, row=row)
    early = table.reason.isin(BEFORE_DUPLICATE).fill_null(False)
    rejected = ibis.ifelse(table.reason.notnull(), table.copies, table.copies - 1)
    each = table.filter(rejected > 0).select(
        reason=ibis.ifelse(early, table.reason, DUPLICATE_ROW),
        last=table.reason,
        row=row,
        copies=table.copies,
        copy=ibis.range(1, rejected + 1).unnest(),
    )
    reason = ibis.ifelse(each.copy == each.copies, each["last"], each.reason)
    return each.select(reason=reason, row=each.row)


def untouched_rejects(
    rejected: ir.Table, source: str, raw: ir.Table, reading: Reading, touched: ir.Table
) -> ir.Table:
    """Return (reason, row) of an earlier run's rejected rows of customers without a new row.

    Whose they are is read off the values that are kept of each.

    Args:
        rejected: (source, reason, row), row as JSON.
        source: which source.
        raw: that source as it is read now.
        reading: its columns.
        touched: (customer_id) of all who have new rows; NULL for rows without an id.
    """
    column = reading.roles["customer_id"]
    # A JSON pointer (RFC 6901).
    pointer = "/" + column.replace("~", "~0").replace("/", "~1")
    own = rejected.filter((rejected.source == source) & (rejected.reason != UNREADABLE))
    row = own.row.cast("string")
    text = _json_text(row, pointer)
    kind = raw[column].type()
    # What cannot be read is nobody's; whoever asked counts the rows.
    identifier = text if kind.is_string() else text.try_cast(kind)
    known = own.select(segdb_reason=own.reason, segdb_row=row, **{column: identifier})
    known = known.select("segdb_reason", "segdb_row", segdb_owner=customer_of(known, reading))
    stay = known.anti_join(touched, known.segdb_owner.identical_to(touched.customer_id))
    return stay.select(reason=stay.segdb_reason, row=stay.segdb_row)


def unreadable(lines: ir.Table, source: str) -> ir.Table:
    """Return (source, reason, row) of the lines of a text file that are no rows."""
    return lines.select(
        source=ibis.literal(source),
        reason=ibis.literal(UNREADABLE),
        row=_to_json(lines.row).cast("string"),
    )


@ibis.udf.scalar.builtin(name="json_extract_string", signature=(("string", "string"), "string"))
def _json_text(_json, _pointer): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="to_json", signature=((None,), "string"))
def _to_json(_row): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

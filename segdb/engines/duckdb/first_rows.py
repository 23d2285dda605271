"""First rows: the head of an answer that may have any length."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from segdb.errors import UserError

# What one answer may take in memory: a single cell can be as long as memory is.
_MOST_BYTES = 64 * 2**20


def first_rows(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    values: Mapping[str, object] | None,
    rows: int,
) -> pa.Table:
    """Run one SELECT and return so many of its rows; no more are computed than that takes.

    Raises:
        UserError: even these are larger than an answer may be.
    """
    relation = connection.sql(sql, params=dict(values) if values else None)
    with relation.to_arrow_reader(min(rows, 2_048)) as reader:
        batches, count, size = [], 0, 0
        for batch in reader:
            batches.append(batch)
            count += batch.num_rows
            size += batch.get_total_buffer_size()
            if size > _MOST_BYTES:
                raise UserError(
                    f"The answer is larger than {_MOST_BYTES // 2**20} MB. Ask for fewer or "
                    "shorter columns."
                )
            if count >= rows:
                break
        return pa.Table.from_batches(batches, reader.schema).slice(0, rows)

"""Read-only query: one SELECT of the user's, in a transaction that can write nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from segdb.engines.postgres.catalog import as_arrow, with_parameters
from segdb.engines.postgres.connect import reason
from segdb.engines.postgres.driver import driver
from segdb.engines.reader import Ask, require_segments
from segdb.errors import UserError
from segdb.sql_text import quoted

if TYPE_CHECKING:
    from segdb.engines.postgres.database import Postgres

_SELECT = re.compile(
    r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(?:select|with|values|table|\()",
    re.IGNORECASE | re.DOTALL,
)
# FROM without SELECT, as DuckDB has it.
_FROM = re.compile(r"\s*from\b", re.IGNORECASE)


def read_only(store: Postgres, schema: str) -> Ask:
    """Return what runs one SELECT; unqualified names are looked up in the schema first.

    Raises:
        UserError: there are no segments.
    """
    require_segments(store, schema)
    store.execute(f"SET search_path TO {quoted(schema)}, public")

    def select(sql: str, values: Mapping[str, object] | None = None) -> pa.Table:
        written = f"SELECT * {sql}" if _FROM.match(sql) else sql
        if not _SELECT.match(written):
            raise UserError("A query is one SELECT; it cannot change the database.")
        written = with_parameters(written, values or ())
        try:
            with store.connection.transaction():
                store.execute("SET TRANSACTION READ ONLY")
                # A prepared statement is a single one.
                cursor = store.connection.execute(written, dict(values or {}), prepare=True)
                return as_arrow(cursor.description or (), cursor.fetchall())
        except driver().Error as error:
            raise UserError(f"The query failed: {reason(error)}.") from None

    return select

"""Sources: a table, a view or a SELECT of the database becomes a temporary view."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import pyarrow as pa

from segdb.contract import TABLES
from segdb.engines.raw_source import Raw
from segdb.errors import SourceError, nearest
from segdb.sql import quoted

if TYPE_CHECKING:
    from segdb.engines.postgres.database import Postgres

_QUERY = re.compile(r"\s*(?:--[^\n]*\n\s*)*(?:(?:select|with|values)\b|\()", re.IGNORECASE)


@runtime_checkable
class _Arrow(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


def read(store: Postgres, name: Literal["orders", "customers"], source: object) -> Raw:
    """Make a source a temporary view called ``segdb_<name>_raw``.

    Args:
        store: the open database.
        name: which of a run's sources it is.
        source: a table or view (``schema.table``), a SELECT, or a frame, which is uploaded.

    Raises:
        SourceError: there is no such table, or it is a file.
    """
    relation = f"segdb_{name}_raw"
    if isinstance(source, _Arrow):
        rows = pa.table(source)
        return Raw(store.rows_table(relation, rows), f"the {name}", None, stored=False)
    if not isinstance(source, str):
        kind = type(source).__name__
        raise SourceError(
            f"The source of the {name} is a {kind}. On PostgreSQL it is a table, a SELECT, or a "
            "table of pandas, Polars or Arrow."
        )
    named = source.strip()
    if _QUERY.match(named):
        select = _comparable(store, named.rstrip("; \n"))
        return Raw(store.view(relation, select), f"the SELECT of the {name}", select, stored=False)
    place = _find(store, named)
    if place is None:
        if Path(named).suffix and Path(named).exists():
            raise SourceError(
                f"{named} is a file, which PostgreSQL reads once it is loaded into a table; the "
                "embedded DuckDB reads it where it lies."
            )
        published = {table.name for table in TABLES}
        tables = [f"{schema}.{table}" for schema, table in store.tables() if table not in published]
        raise SourceError(f"The database has no table {named}.{nearest(named, tables)}")
    select = _comparable(store, f"SELECT * FROM {place}")  # noqa: S608
    return Raw(store.view(relation, select), named, select, stored=False)


def _find(store: Postgres, named: str) -> str | None:
    """Return the quoted name of a table: as it is written, with its schema or on the path."""
    rows: list[Any] = store.connection.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND (n.nspname || '.' || c.relname = %s "
        "OR (c.relname = %s AND pg_table_is_visible(c.oid)))",
        [named, named],
    ).fetchall()
    return f"{quoted(rows[0][0])}.{quoted(rows[0][1])}" if rows else None


def _comparable(store: Postgres, select: str) -> str:
    """Return a SELECT with the columns as text whose types have no equality, such as JSON."""
    kinds = store.schema(f"({select}) AS source")
    shown = {name for name, kind in kinds.items() if kind.is_json() or kind.is_unknown()}
    if not shown:
        return select
    columns = ", ".join(
        f"CAST({quoted(name)} AS TEXT) AS {quoted(name)}" if name in shown else quoted(name)
        for name in kinds
    )
    return f"SELECT {columns} FROM ({select}) AS source"  # noqa: S608

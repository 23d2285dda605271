"""Sources: a table, a view or a SELECT of the database becomes a temporary view."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from segdb.engines.raw_source import Raw
from segdb.engines.server_source import (
    incomparable_as_text,
    is_select,
    no_table,
    relation_of,
    source_text,
    uploaded_frame,
)
from segdb.errors import SourceError
from segdb.sql_text import quoted

if TYPE_CHECKING:
    from segdb.engines.postgres.database import Postgres


def read(store: Postgres, name: Literal["orders", "customers"], source: object) -> Raw:
    """Make a source a temporary view called ``segdb_<name>_raw``.

    Args:
        store: the open database.
        name: which of a run's sources it is.
        source: a table or view (``schema.table``), a SELECT, or a frame, which is uploaded.

    Raises:
        SourceError: there is no such table, or it is a file.
    """
    frame = uploaded_frame(store, name, source)
    if frame is not None:
        return frame
    named = source_text(name, source, "PostgreSQL", "a table, a SELECT")
    if is_select(named):
        select, origin = named.rstrip("; \n"), f"the SELECT of the {name}"
    else:
        select, origin = f"SELECT * FROM {_find(store, named)}", named  # noqa: S608
    select = incomparable_as_text(store, select, "TEXT")
    return Raw(store.view(relation_of(name), select), origin, select, stored=False)


def _find(store: Postgres, named: str) -> str:
    """Return the quoted name of a table: as it is written, with its schema or on the path.

    Raises:
        SourceError: there is none.
    """
    rows: list[Any] = store.connection.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND (n.nspname || '.' || c.relname = %s "
        "OR (c.relname = %s AND pg_table_is_visible(c.oid)))",
        [named, named],
    ).fetchall()
    if rows:
        return f"{quoted(rows[0][0])}.{quoted(rows[0][1])}"
    if Path(named).suffix and Path(named).exists():
        raise SourceError(
            f"{named} is a file, which PostgreSQL reads once it is loaded into a table; the "
            "embedded DuckDB reads it where it lies."
        )
    raise no_table(store, named, "database")

"""Forget: the temporary relations of a source that was read before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdb.sql_text import quoted

if TYPE_CHECKING:
    from segdb.engines.duckdb.database import DuckDB


def forget(store: DuckDB, relation: str) -> None:
    """Remove a temporary view or table, whichever it is."""
    kinds = store.connection.execute(
        "SELECT table_type FROM information_schema.tables "
        "WHERE table_catalog = 'temp' AND table_name = ?",
        [relation],
    ).fetchall()
    for (kind,) in kinds:
        what = "VIEW" if kind == "VIEW" else "TABLE"
        store.execute(f"DROP {what} IF EXISTS temp.{quoted(relation)}")

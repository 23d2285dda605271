"""A source as it was read, before anyone has understood its columns."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from segdb.checks.warning import DataWarning
from segdb.compile import quoted
from segdb.store.duckdb import DuckDB


@dataclass(frozen=True)
class Raw:
    """A source in the database, its values as they were written.

    Attributes:
        table: unbound table of a temporary view or table; text files arrive as VARCHAR columns.
        origin: what to call it in messages, such as ``orders.csv``.
        definition: a SELECT that reads the same source again with no Python; None where only
            Python can.
        unreadable: one row (``line`` BIGINT, ``row`` VARCHAR) a line of a text file that is no
            row of the table; None where there is none.
        warnings: what of the files may make the result wrong.
        stored: whether it lies there as rows, so that to look at it twice is only a scan more.
    """

    table: ir.Table
    origin: str
    definition: str | None
    unreadable: ir.Table | None = None
    stored: bool = True
    warnings: tuple[DataWarning, ...] = ()


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

"""Functions: which of those in SQL of the user's own depend on more than the row."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from segdb.engines.user_functions import beyond_the_row, called_functions

if TYPE_CHECKING:
    from psycopg import Connection

# Of the session or the clock, which the server calls stable: within one statement.
_SESSION = {
    "age", "current_database", "current_query", "current_schema", "current_setting", "now",
    "pg_backend_pid", "statement_timestamp", "transaction_timestamp", "txid_current", "version",
}  # fmt: skip


def unstable(connection: Connection, sql: str, columns: Collection[str]) -> str | None:
    """Return what in an expression gives another value each time, or reads more than the row.

    The server is asked: it says of each function whether it is volatile.

    Args:
        connection: to the server.
        sql: one expression, as DuckDB writes it.
        columns: the names in it that are columns of the source.
    """
    called = called_functions(sql, columns, "postgres")
    if beyond := beyond_the_row(sql, called, _SESSION):
        return beyond
    row = connection.execute(
        "SELECT proname FROM pg_proc WHERE proname = ANY(%s) GROUP BY proname "
        "HAVING bool_and(provolatile = 'v')",
        [called],
    ).fetchone()
    return f"{row[0]}()" if row else None

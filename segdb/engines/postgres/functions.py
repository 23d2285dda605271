"""Functions: which of those in SQL of the user's own depend on more than the row."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

if TYPE_CHECKING:
    from psycopg import Connection

_CLOCKS = (
    exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.CurrentUser, exp.CurrentDatetime,
)  # fmt: skip


def unstable(connection: Connection, sql: str, columns: Collection[str]) -> str | None:
    """Return what in an expression gives another value each time, or reads more than the row.

    The server is asked: it says of each function whether it is volatile.

    Args:
        connection: to the server.
        sql: one expression, as DuckDB writes it.
        columns: the names in it that are columns of the source.
    """
    tree = sqlglot.parse_one(f"SELECT {sql}", read="duckdb")
    if any(tree.find_all(*_CLOCKS)):
        return "the time it is"
    if any(tree.find_all(exp.Subquery)):
        return "a subquery"
    written = sqlglot.parse_one(tree.sql(dialect="postgres"), read="postgres")
    names = {
        str(node.this if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
        for node in written.find_all(exp.Func)
    } - {column.lower() for column in columns}
    if not names:
        return None
    row = connection.execute(
        "SELECT proname FROM pg_proc WHERE proname = ANY(%s) GROUP BY proname "
        "HAVING bool_and(provolatile = 'v')",
        [sorted(names)],
    ).fetchone()
    return f"{row[0]}()" if row else None

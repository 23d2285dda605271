"""Functions: which of those in SQL of the user's own depend on more than the row."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

if TYPE_CHECKING:
    from psycopg import Connection

_CLOCKS = (
    exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.CurrentUser, exp.CurrentDatetime,
)  # fmt: skip


# Of the session or the clock, which the server calls stable: within one statement.
_SESSION = {
    "age", "current_database", "current_query", "current_schema", "current_setting", "now",
    "pg_backend_pid", "statement_timestamp", "transaction_timestamp", "txid_current", "version",
}  # fmt: skip
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_CALLED = re.compile(r"([A-Za-z_]\w*)\s*\(")


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
    # As the server reads it: the parser has names of its own for some, such as RAND for random.
    written = _QUOTED.sub("", tree.sql(dialect="postgres"))
    names = {name.lower() for name in _CALLED.findall(written)}
    names -= {column.lower() for column in columns}
    if clocks := names & _SESSION:
        return f"{min(clocks)}()"
    row = connection.execute(
        "SELECT proname FROM pg_proc WHERE proname = ANY(%s) GROUP BY proname "
        "HAVING bool_and(provolatile = 'v')",
        [sorted(names)],
    ).fetchone()
    return f"{row[0]}()" if row else None

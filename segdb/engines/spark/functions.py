"""Functions: which of those in SQL of the user's own depend on more than the row."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from segdb.engines.spark.connect import is_refusal
from segdb.sql import quoted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_CLOCKS = (
    exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.CurrentUser, exp.CurrentDatetime,
)  # fmt: skip
# Of the session, the clock or the machine, which the cluster calls deterministic: in one query.
_SESSION = {
    "current_catalog", "current_database", "current_schema", "current_timezone", "java_method",
    "localtimestamp", "now", "reflect", "session_user", "try_reflect", "user", "version",
}  # fmt: skip
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_CALLED = re.compile(r"([A-Za-z_]\w*)\s*\(")


def unstable(session: SparkSession, sql: str, columns: Collection[str]) -> str | None:
    """Return what in an expression gives another value each time, or reads more than the row.

    The cluster is asked: a join takes no condition that is not deterministic.

    Args:
        session: on the cluster.
        sql: one expression, as DuckDB writes it.
        columns: the names in it that are columns of the source.
    """
    tree = sqlglot.parse_one(f"SELECT {sql}", read="duckdb")
    if any(tree.find_all(*_CLOCKS)):
        return "the time it is"
    if any(tree.find_all(exp.Subquery)):
        return "a subquery"
    written = _QUOTED.sub("", tree.sql(dialect="databricks"))
    names = {name.lower() for name in _CALLED.findall(written)}
    names -= {column.lower() for column in columns}
    if clocks := names & _SESSION:
        return f"{min(clocks)}()"
    for name in sorted(names):
        if _is_random(session, name):
            return f"{name}()"
    return None


def _is_random(session: SparkSession, name: str) -> bool:
    """Whether a function is not deterministic, called with what arguments it takes."""
    one = "SELECT 1 AS x"
    for arguments in ("", "1", "1, 2", "'1'"):
        called = f"{quoted(name)}({arguments}) IS NOT NULL"
        try:
            # To ask for the columns is to have it analysed.
            session.sql(f"SELECT 1 FROM ({one}) a JOIN ({one}) b ON {called}").columns  # noqa: B018, S608
        except Exception as error:
            if not is_refusal(error):
                raise
            if "DETERMINISTIC" in str(error).upper():
                return True
    return False

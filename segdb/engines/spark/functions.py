"""Functions: which of those in SQL of the user's own depend on more than the row."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from segdb.engines.spark.connect import is_refusal
from segdb.engines.user_functions import beyond_the_row, called_functions
from segdb.sql_text import quoted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Of the session, the clock or the machine, which the cluster calls deterministic: in one query.
_SESSION = {
    "current_catalog", "current_database", "current_schema", "current_timezone",
    "current_version", "java_method", "localtimestamp", "now", "reflect", "session_user",
    "try_reflect", "user", "version",
}  # fmt: skip


def unstable(session: SparkSession, sql: str, columns: Collection[str]) -> str | None:
    """Return what in an expression gives another value each time, or reads more than the row.

    The cluster is asked: a join takes no condition that is not deterministic.

    Args:
        session: on the cluster.
        sql: one expression, as DuckDB writes it.
        columns: the names in it that are columns of the source.
    """
    called = called_functions(sql, columns, "databricks")
    random = (f"{name}()" for name in called if _is_random(session, name))
    return beyond_the_row(sql, called, _SESSION) or next(random, None)


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

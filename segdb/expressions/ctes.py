"""Common table expressions: a chain of stages as one readable SELECT."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ibis.expr.types as ir

from segdb.sql import to_sql
from segdb.sql_text import quoted

# The comment of each stage in the SQL.
WORDS: Mapping[str, str] = {
    "orders_read": "the orders, as they are",
    "customers_read": "the customers, as they are",
    "orders_typed": "columns of the orders as numbers and moments, under the names of their roles",
    "orders_clean": "every order row validated: reason is NULL where it is kept",
    "orders_by_customer": "one row a customer: the one pass over the orders",
    "customers_typed": "columns of the customers, under the names of their roles",
    "customers_clean": "every customer row validated: reason is NULL where it is kept",
    "features": "every feature in natural units",
    "filled": "missing features filled",
    "capped": "values far out moved to a bound",
    "transformed": "long tails straightened",
    "scaled": "features made comparable",
    "components": "coordinates on the principal components",
    "assigned": "the nearest centroid, the distance to it, and the margin",
    "segments": "ids and names",
}


def as_select(
    stages: Mapping[str, ir.Table],
    sources: Mapping[str, str],
    compiled: Callable[[ir.Table], str] = to_sql,
    once: str = "",
) -> str:
    """Return one SELECT with a CTE for each source and each stage, in the order of the flow.

    Args:
        stages: what ``chain`` gave; the last one is selected from.
        sources: a SELECT by the name of each raw table that the stages read.
        compiled: writes a stage in the SQL of an engine whose names stand in double quotes.
        once: the engine's word for a CTE that is computed once; empty where it sees that itself.
    """
    parts = {**sources, **{name: compiled(stage) for name, stage in stages.items()}}
    return with_ctes(parts, once=once)


def with_ctes(parts: Mapping[str, str], dialect: str = "duckdb", *, once: str = "") -> str:
    """Return one SELECT with a CTE for each part, in order, that selects from the last one.

    Args:
        parts: a SELECT by name, each reading those before it by their names.
        dialect: of the SQL.
        once: the engine's word for a CTE that is computed once.
    """
    written = ",\n".join(_cte(name, sql, dialect, once) for name, sql in parts.items())
    last = list(parts)[-1]
    return f"WITH\n{written}\nSELECT * FROM {name_in(last, dialect)}"


def _cte(name: str, sql: str, dialect: str, once: str) -> str:
    comment = f"-- {WORDS.get(name, name)}\n"
    # Not indented: a text in the SQL may go over several lines.
    return f"{comment}{name_in(name, dialect)} AS {once}(\n{sql.rstrip().rstrip(';')}\n)"


def name_in(name: str, dialect: str) -> str:
    """Return a name as a quoted identifier of a dialect."""
    marks = {"databricks": "``", "bigquery": "``", "mysql": "``", "mssql": "[]"}.get(dialect)
    return f"{marks[0]}{name}{marks[1]}" if marks else quoted(name)

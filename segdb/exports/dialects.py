"""The dialects of SQL that a run can be written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from segdb.errors import SettingsError, nearest


@dataclass(frozen=True)
class Dialect:
    """A dialect of SQL.

    Attributes:
        name: what the user calls it.
        compiler: Ibis' name for it, which is also sqlglot's.
        run: whether the tests run its SQL on the engine; that of the others is only parsed.
        try_cast: whether a text that does not cast can become NULL.
        filters: whether an aggregate takes FILTER (WHERE …).
        nested: whether a CTE may have CTEs of its own.
    """

    name: str
    compiler: str
    run: bool = False
    try_cast: bool = True
    filters: bool = True
    nested: bool = True


_ALL = (
    Dialect("duckdb", "duckdb", run=True),
    Dialect("postgres", "postgres", run=True, try_cast=False),
    Dialect("sqlite", "sqlite", run=True, try_cast=False),
    # Ibis' own compiler for Spark needs a session; Databricks' SQL is Spark's.
    Dialect("spark", "databricks", run=True),
    Dialect("databricks", "databricks"),
    Dialect("bigquery", "bigquery", filters=False),
    Dialect("snowflake", "snowflake", filters=False),
    Dialect("trino", "trino"),
    Dialect("clickhouse", "clickhouse", run=True),
    Dialect("mssql", "mssql", filters=False, nested=False),
)
_OTHERS = frozenset(("mysql", "mariadb", "oracle", "redshift", "db2", "teradata", "hive", "athena"))
DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in _ALL}


def dialect(name: str) -> Dialect:
    """Return the dialect of that name.

    Raises:
        SettingsError: there is none.
    """
    if name not in DIALECTS:
        # Another engine's name is no misspelling of one of these.
        other = name.lower() in _OTHERS
        meant = f" There is: {', '.join(DIALECTS)}." if other else nearest(name, DIALECTS)
        raise SettingsError(f"There is no dialect '{name}'.{meant}")
    return DIALECTS[name]

"""SQL text: quoted names and literals, and the schema that a query reads its tables from."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from segdb.lazy import lazy

if TYPE_CHECKING:
    import sqlglot
    from sqlglot import exp
else:
    sqlglot, exp = lazy("sqlglot"), lazy("sqlglot.expressions")

# The schema that SQL over the published tables is written for: named queries, charts, the report.
WRITTEN_FOR = "segdb"


def in_schema(
    sql: str,
    schema: str,
    *,
    written: str = WRITTEN_FOR,
    tables: Collection[str] | None = None,
    dialect: str = "duckdb",
) -> str:
    """Return SQL that reads its tables from a schema.

    SQL that sqlglot cannot read, or that has no such table, is returned as it is.

    Args:
        sql: one SELECT.
        schema: where the tables are.
        written: the schema that is written before their names in it; "" for none.
        tables: only these, names in lower case.
        dialect: of the SQL.
    """
    if schema == written:
        return sql
    try:
        tree = sqlglot.parse_one(sql, read=dialect)
    except sqlglot.errors.SqlglotError:
        return sql
    ctes = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
    moved = [
        table
        for table in tree.find_all(exp.Table)
        if table.db == written
        and (tables is None or table.name.lower() in tables)
        and (written or table.name.lower() not in ctes)
    ]
    for table in moved:
        table.set("db", exp.to_identifier(schema, quoted=True))
    return tree.sql(dialect=dialect, pretty=True) if moved else sql


def quoted(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Return a text as a SQL string literal."""
    return "'" + value.replace("'", "''") + "'"

"""Catalog: what a PostgreSQL database holds, and how segdb's tables are written into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from segdb.contract import TABLES
from segdb.engines.postgres.types import CONTRACT_TYPES, SQL_TYPES, arrow_types, ibis_types
from segdb.engines.sql_tables import SqlTables
from segdb.errors import SettingsError
from segdb.sql_text import literal, quoted

if TYPE_CHECKING:
    from psycopg import Connection

_VIEWS = tuple(table.name for table in TABLES if table.kind == "view")


class _Connected(Protocol):
    connection: Connection

    def execute(self, sql: str) -> None: ...
    def rows(self, query: ir.Table | str) -> list[dict[str, Any]]: ...


class Catalog(SqlTables):
    """The tables and views of the database that is open."""

    def schema(self: _Connected, relation: str) -> ibis.Schema:
        """Return the column names and types of a relation (SQL of a FROM clause)."""
        cursor = self.connection.execute(f"SELECT * FROM {relation} LIMIT 0")  # noqa: S608
        return ibis_types(cursor.description or ())

    def unbound(self: _Connected, relation: str, name: str) -> ir.Table:
        """Return the relation (SQL of a FROM clause) as an unbound table called ``name``."""
        return ibis.table(Catalog.schema(self, relation), name=name)

    def stored(self: _Connected, schema: str, name: str) -> ir.Table:
        """Return a table of the database as an unbound table."""
        columns = Catalog.schema(self, f"{quoted(schema)}.{quoted(name)}")
        return ibis.table(columns, name=name, database=schema)

    def holds(self: _Connected, schema: str, name: str) -> bool:
        """Whether there is such a table or view."""
        return name.lower() in Catalog.kinds(self, schema)

    def tables(self: _Connected) -> list[tuple[str, str]]:
        """Return (schema, name) of every table and view that is not temporary."""
        return self.connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema "
            "NOT LIKE 'pg\\_%' AND table_schema <> 'information_schema' ORDER BY 1, 2"
        ).fetchall()

    def kinds(self: _Connected, schema: str) -> dict[str, str]:
        """Return "table" or "view" by the names of a schema, in lower case."""
        rows = self.rows(
            "SELECT c.relname AS name, c.relkind IN ('v', 'm') AS view FROM pg_class c "  # noqa: S608
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE n.nspname = {literal(schema)} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
        )
        return {row["name"].lower(): "view" if row["view"] else "table" for row in rows}

    def columns(self: _Connected, schema: str, name: str) -> dict[str, str]:
        """Return the types of a table's columns, as the contract calls them where it does."""
        rows = self.rows(
            "SELECT column_name, data_type FROM information_schema.columns "  # noqa: S608
            f"WHERE table_schema = {literal(schema)} AND table_name = {literal(name)} "
            "ORDER BY ordinal_position"
        )
        kinds = CONTRACT_TYPES
        return {r["column_name"]: kinds.get(r["data_type"], r["data_type"].upper()) for r in rows}

    def comments(self: _Connected, schema: str) -> dict[str, str]:
        """Return the comments on the tables of a schema by their names, in lower case."""
        rows = self.rows(
            "SELECT c.relname AS name, obj_description(c.oid, 'pg_class') AS comment "  # noqa: S608
            "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE n.nspname = {literal(schema)} AND c.relkind IN ('r', 'p')"
        )
        return {row["name"].lower(): row["comment"] or "" for row in rows}

    def key_type(self: _Connected, schema: str, name: str) -> str:
        """Return the SQL type of the ``customer_id`` of a table or view."""
        place = f"{quoted(schema)}.{quoted(name)}"
        rows = self.rows(
            "SELECT format_type(atttypid, atttypmod) AS kind FROM pg_attribute "  # noqa: S608
            f"WHERE attrelid = {literal(place)}::regclass AND attname = 'customer_id'"
        )
        return str(rows[0]["kind"])

    def sql_type(self, kind: str) -> str:
        """Return PostgreSQL's word for a type of the contract."""
        return SQL_TYPES[kind]

    def write_table(self: _Connected, schema: str, name: str, query: str) -> None:
        """Write the rows of a query into a table; one with the same columns keeps its views."""
        place = f"{quoted(schema)}.{quoted(name)}"
        if Catalog.kinds(self, schema).get(name.lower()) == "table":
            there = list(Catalog.schema(self, place).items())
            if there == list(Catalog.schema(self, f"({query}) AS written").items()):
                self.execute(f"TRUNCATE {place}")
                self.execute(f"INSERT INTO {place} {query}")
                return
            # The views of a publish are made anew in it; those of others keep the table.
            for view in _VIEWS:
                self.execute(f"DROP VIEW IF EXISTS {quoted(schema)}.{quoted(view)}")
            self.execute(f"DROP TABLE {place}")
        self.execute(f"CREATE TABLE {place} AS {query}")

    def write_view(self: _Connected, schema: str, name: str, query: str) -> None:
        """Make a view, in the place of one that is there."""
        place = f"{quoted(schema)}.{quoted(name)}"
        if Catalog.kinds(self, schema).get(name.lower()) == "view":
            there = list(Catalog.schema(self, place).items())
            if there != list(Catalog.schema(self, f"({query}) AS written").items()):
                self.execute(f"DROP VIEW {place}")
        self.execute(f"CREATE OR REPLACE VIEW {place} AS {query}")

    def insert(self: _Connected, schema: str, name: str, rows: pa.Table) -> None:
        """Put rows into a table by the names of their columns."""
        copy_rows(self.connection, f"{quoted(schema)}.{quoted(name)}", rows)

    def refuse_schema(self, schema: str) -> None:
        """Refuse a schema that PostgreSQL keeps for itself.

        Raises:
            SettingsError: it is one.
        """
        if schema.lower().startswith("pg_") or schema.lower() == "information_schema":
            raise SettingsError(
                f"[publish] schema = '{schema}': PostgreSQL keeps names like that for itself. Name "
                "another."
            )


def copy_rows(connection: Connection, place: str, rows: pa.Table) -> None:
    """Put rows into a table by COPY."""
    columns = ", ".join(quoted(name) for name in rows.column_names)
    values: Sequence[Sequence[Any]] = [column.to_pylist() for column in rows.columns]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {place} ({columns}) FROM STDIN") as copy,
    ):
        for row in zip(*values, strict=True):
            copy.write_row(row)


def with_parameters(sql: str, names: Iterable[str]) -> str:
    """Return SQL with the driver's marks in the place of its ``$name`` parameters."""
    written = sql.replace("%", "%%")
    # A name may begin like another one.
    for name in sorted(names, key=len, reverse=True):
        written = written.replace(f"${name}", f"%({name})s")
    return written


def as_arrow(description: Sequence[Any], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Return fetched rows as Arrow, by the types that the server said."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(description)
    fields: Mapping[str, pa.DataType | None] = arrow_types(description)
    arrays = [pa.array(values, kind) for values, kind in zip(columns, fields.values(), strict=True)]
    return pa.table(arrays, names=list(fields))

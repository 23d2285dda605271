"""Catalog: what a DuckDB database holds, and how segdb's tables are written into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import duckdb
import pyarrow as pa

from segdb.engines.duckdb.types import ibis_type
from segdb.engines.scratch import Scratch
from segdb.engines.sql_tables import SqlTables
from segdb.errors import SettingsError
from segdb.lazy import lazy
from segdb.sql_text import literal, quoted

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = lazy("ibis")


class _Connected(Protocol):
    connection: duckdb.DuckDBPyConnection

    def execute(self, sql: str) -> None: ...
    def rows(self, query: ir.Table | str) -> list[dict[str, Any]]: ...
    def scratch_name(self, name: str) -> str: ...
    def databases(self) -> set[str]: ...


class Catalog(SqlTables, Scratch):
    """The tables and views of the database that is open."""

    def unbound(self: _Connected, relation: str, name: str) -> ir.Table:
        """Return the relation (SQL of a FROM clause) as an unbound table called ``name``."""
        return ibis.table(Catalog.schema(self, relation), name=name)

    def stored(self: _Connected, schema: str, name: str) -> ir.Table:
        """Return a table of the database as an unbound table."""
        stored_schema = Catalog.schema(self, f"{quoted(schema)}.{quoted(name)}")
        return ibis.table(stored_schema, name=name, database=schema)

    def schema(self: _Connected, relation: str) -> ibis.Schema:
        """Return the column names and types of a relation (SQL of a FROM clause)."""
        described = self.connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()  # noqa: S608
        return ibis.schema({row[0]: ibis_type(row[1]) for row in described})

    def holds(self: _Connected, schema: str, name: str) -> bool:
        """Whether there is such a table or view; DuckDB's names ignore case."""
        asked = (schema.lower(), name.lower())
        return any((s.lower(), n.lower()) == asked for s, n in Catalog.tables(self))

    def tables(self: _Connected) -> list[tuple[str, str]]:
        """Return (schema, name) of every table and view that is not temporary."""
        return self.connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_catalog = current_database() ORDER BY ALL"
        ).fetchall()

    def kinds(self: _Connected, schema: str) -> dict[str, str]:
        """Return "table" or "view" by the names of a schema, in lower case."""
        here = (
            f"database_name = current_database() AND lower(schema_name) = {literal(schema.lower())}"
        )
        rows = self.connection.execute(
            f"SELECT lower(table_name), 'table' FROM system.main.duckdb_tables() WHERE {here} "  # noqa: S608
            f"UNION ALL SELECT lower(view_name), 'view' FROM system.main.duckdb_views() "
            f"WHERE {here}"
        ).fetchall()
        return dict(rows)

    def columns(self: _Connected, schema: str, name: str) -> dict[str, str]:
        """Return the types of a table's columns by name."""
        rows = self.rows(
            "SELECT column_name, data_type FROM system.main.duckdb_columns() "  # noqa: S608
            f"WHERE database_name = current_database() AND table_name = {literal(name)} "
            f"AND lower(schema_name) = lower({literal(schema)})"
        )
        return {row["column_name"]: row["data_type"] for row in rows}

    def comments(self: _Connected, schema: str) -> dict[str, str]:
        """Return the comments on the tables of a schema by their names, in lower case."""
        rows = self.rows(
            "SELECT schema_name, table_name, comment FROM system.main.duckdb_tables() "
            "WHERE database_name = current_database()"
        )
        own = (row for row in rows if row["schema_name"].lower() == schema.lower())
        return {row["table_name"].lower(): row["comment"] or "" for row in own}

    def key_type(self: _Connected, schema: str, name: str) -> str:
        """Return the SQL type of the ``customer_id`` of a table or view."""
        place = f"{quoted(schema)}.{quoted(name)}"
        rows = self.rows(f"SELECT column_name, column_type FROM (DESCRIBE {place})")  # noqa: S608
        return str(next(r["column_type"] for r in rows if r["column_name"] == "customer_id"))

    def sql_type(self, kind: str) -> str:
        """Return a type of the contract: its words are DuckDB's."""
        return kind

    def write_table(self: _Connected, schema: str, name: str, query: str) -> None:
        """Write the rows of a query into a table, in the place of one that is there."""
        self.execute(f"CREATE OR REPLACE TABLE {quoted(schema)}.{quoted(name)} AS {query}")

    def write_view(self: _Connected, schema: str, name: str, query: str) -> None:
        """Make a view, in the place of one that is there."""
        self.execute(f"CREATE OR REPLACE VIEW {quoted(schema)}.{quoted(name)} AS {query}")

    def insert(self: _Connected, schema: str, name: str, rows: pa.Table) -> None:
        """Put rows into a table by the names of their columns."""
        self.connection.register("segdb_rows", rows)
        try:
            place = f"{quoted(schema)}.{quoted(name)}"
            self.execute(f"INSERT INTO {place} BY NAME FROM segdb_rows")
        finally:
            self.connection.unregister("segdb_rows")

    def forget(self: _Connected, name: str) -> None:
        """Remove a temporary table or view, where there is one."""
        there = self.rows(
            "SELECT 'TABLE' AS kind FROM system.main.duckdb_tables() "  # noqa: S608
            f"WHERE temporary AND table_name = {literal(self.scratch_name(name))} "
            "UNION ALL SELECT 'VIEW' FROM system.main.duckdb_views() "
            f"WHERE temporary AND view_name = {literal(self.scratch_name(name))}"
        )
        for row in there:
            self.execute(f"DROP {row['kind']} temp.{quoted(self.scratch_name(name))}")

    def databases(self: _Connected) -> set[str]:
        """Return the names of the databases that are open, in lower case."""
        return {row["name"].lower() for row in self.rows("SELECT name FROM pragma_database_list")}

    def refuse_schema(self: _Connected, schema: str) -> None:
        """Refuse a schema that SQL could not tell from a database.

        Raises:
            SettingsError: it is called like the database file, or like one of DuckDB's own.
        """
        if schema.lower() in self.databases() | {"system", "temp"}:
            raise SettingsError(
                f"[publish] schema = '{schema}': the database is called {schema} too, and SQL "
                "could not tell them apart. Name the schema or the database file otherwise."
            )

"""SQL tables: how tables are written where UPDATE, DELETE and a transaction over tables exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import pyarrow as pa

from segdb.sql_text import literal, quoted


class _Writing(Protocol):
    def execute(self, sql: str) -> None: ...
    def kinds(self, schema: str) -> dict[str, str]: ...
    def write_table(self, schema: str, name: str, query: str) -> None: ...
    def insert(self, schema: str, name: str, rows: pa.Table) -> None: ...


class SqlTables:
    """Tables of a schema, written by the statements that DuckDB and PostgreSQL share."""

    def relation(self, schema: str, name: str) -> str:
        """Return a table or view as SQL of a FROM clause."""
        return f"{quoted(schema)}.{quoted(name)}"

    def recover(self, schema: str) -> None:
        """Do nothing: a transaction that was cut off left nothing."""

    def make_schema(self: _Writing, schema: str) -> None:
        """Make a schema, unless it is there."""
        self.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")

    def write_rows(
        self: _Writing, schema: str, name: str, columns: Mapping[str, str], rows: pa.Table
    ) -> None:
        """Write a table of these columns, by their SQL types, and these rows."""
        empty = ", ".join(
            f"CAST(NULL AS {kind}) AS {quoted(column)}" for column, kind in columns.items()
        )
        self.write_table(schema, name, f"SELECT {empty} LIMIT 0")
        self.insert(schema, name, rows)

    def grow(self: _Writing, schema: str, name: str, columns: Mapping[str, str]) -> None:
        """Make a table, or give one that is there the columns that it lacks."""
        place = SqlTables.relation(self, schema, name)  # type: ignore[arg-type]
        listed = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
        lines = [f"CREATE TABLE IF NOT EXISTS {place} ({listed})"]
        lines += [
            f"ALTER TABLE {place} ADD COLUMN IF NOT EXISTS {quoted(column)} {kind}"
            for column, kind in columns.items()
        ]
        self.execute("; ".join(lines))

    def append(self: _Writing, schema: str, name: str, columns: Sequence[str], query: str) -> None:
        """Put the rows of a query into a table, its columns in this order."""
        listed = ", ".join(map(quoted, columns))
        self.execute(f"INSERT INTO {quoted(schema)}.{quoted(name)} ({listed}) {query}")

    def delete(self: _Writing, schema: str, name: str, condition: str) -> None:
        """Remove the rows for which a condition holds."""
        self.execute(f"DELETE FROM {quoted(schema)}.{quoted(name)} WHERE {condition}")  # noqa: S608

    def update(
        self: _Writing, schema: str, name: str, column: str, value: str, condition: str
    ) -> None:
        """Set a column to a value (SQL) where a condition holds."""
        place = f"{quoted(schema)}.{quoted(name)}"
        self.execute(f"UPDATE {place} SET {quoted(column)} = {value} WHERE {condition}")  # noqa: S608

    def change_type(self: _Writing, schema: str, name: str, column: str, kind: str) -> None:
        """Give a column of a table another SQL type, and its values with it."""
        place = f"{quoted(schema)}.{quoted(name)}"
        self.execute(f"ALTER TABLE {place} ALTER {quoted(column)} TYPE {kind}")

    def rename(self: _Writing, schema: str, name: str, to: str) -> None:
        """Give a table another name."""
        self.execute(f"ALTER TABLE {quoted(schema)}.{quoted(name)} RENAME TO {quoted(to)}")

    def copy_table(self: _Writing, schema: str, name: str, to: tuple[str, str]) -> None:
        """Write the rows of a table into another one, ``to`` (schema, name)."""
        self.write_table(*to, f"SELECT * FROM {quoted(schema)}.{quoted(name)}")  # noqa: S608

    def drop(self: _Writing, schema: str, name: str) -> None:
        """Remove a table or view, whichever it is; nothing where there is none."""
        kind = self.kinds(schema).get(name.lower())
        if kind is not None:
            self.execute(f"DROP {kind} {quoted(schema)}.{quoted(name)}")

    def comment(
        self: _Writing, schema: str, name: str, kind: str, words: str, columns: Mapping[str, str]
    ) -> None:
        """Comment on a table, view or macro, as ``kind`` says, and on its columns."""
        place = f"{quoted(schema)}.{quoted(name)}"
        what = "MACRO TABLE" if kind == "macro" else kind
        statements = [f"COMMENT ON {what} {place} IS {literal(words)}"]
        statements += [
            f"COMMENT ON COLUMN {place}.{quoted(column)} IS {literal(text)}"
            for column, text in columns.items()
        ]
        self.execute(";\n".join(statements))

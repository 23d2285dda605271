"""Tables: how segdb's tables are written into the draft of a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from segdb.engines.spark.catalog import Catalog, published, source_of
from segdb.engines.spark.draft import Draft
from segdb.engines.spark.types import SQL_TYPES
from segdb.sql_text import quoted


class Tables(Catalog):
    """The tables of segdb's schemas; a method that writes one needs a transaction."""

    def make_schema(self, schema: str) -> None:
        """Make a schema when the transaction ends, unless it is there."""
        _draft(self).schemas.append(schema)

    def write_table(self, schema: str, name: str, query: str) -> None:
        """Write the rows of a query into a table, in the place of one that is there."""
        _draft(self).put(schema, name, query)

    def write_rows(
        self, schema: str, name: str, columns: Mapping[str, str], rows: pa.Table
    ) -> None:
        """Write a table of few rows, its columns by their SQL types, in the place of one."""
        draft = _draft(self)
        draft.put(schema, name, _cast(draft.view_of(rows), columns), few=True)

    def write_view(self, schema: str, name: str, query: str) -> None:
        """Make a view, in the place of one that is there."""
        _draft(self).put_view(schema, name, query)

    def grow(self, schema: str, name: str, columns: Mapping[str, str]) -> None:
        """Make a table, or give one that is there the columns that it lacks."""
        there = self.columns(schema, name)
        lacking = {column: kind for column, kind in columns.items() if column not in there}
        if not lacking:
            return
        empty = ", ".join(f"CAST(NULL AS {k}) AS {quoted(c)}" for c, k in lacking.items())
        select = f"SELECT {empty} LIMIT 0"
        if there:
            select = f"SELECT *, {empty} FROM {source_of(self, schema, name)}"  # noqa: S608
        _draft(self).put(schema, name, select, few=True)

    def insert(self, schema: str, name: str, rows: pa.Table) -> None:
        """Put rows into a table by the names of their columns."""
        draft, there = _draft(self), source_of(self, schema, name)
        kinds = {c: SQL_TYPES.get(k, k) for c, k in self.columns(schema, name).items()}
        given = {column: kinds[column] for column in rows.column_names}
        added = _cast(draft.view_of(rows), given)
        columns = ", ".join(
            quoted(c) if c in given else f"CAST(NULL AS {kind}) AS {quoted(c)}"
            for c, kind in kinds.items()
        )
        select = f"SELECT * FROM {there} UNION ALL SELECT {columns} FROM ({added}) AS added"  # noqa: S608
        draft.put(schema, name, select, few=True)

    def append(self, schema: str, name: str, columns: Sequence[str], query: str) -> None:
        """Put the rows of a query into a table, its columns in this order."""
        kinds = {c: SQL_TYPES.get(k, k) for c, k in self.columns(schema, name).items()}
        listed_columns = ", ".join(map(quoted, columns))
        values = ", ".join(
            f"CAST({quoted(c) if c in columns else 'NULL'} AS {kind}) AS {quoted(c)}"
            for c, kind in kinds.items()
        )
        added = f"SELECT {values} FROM ({query}) AS added ({listed_columns})"  # noqa: S608
        there = f"SELECT * FROM {source_of(self, schema, name)}"  # noqa: S608
        _draft(self).put(schema, name, f"{there} UNION ALL {added}")

    def delete(self, schema: str, name: str, condition: str) -> None:
        """Remove the rows for which a condition holds."""
        there, draft = source_of(self, schema, name), _draft(self)
        select = f"SELECT * FROM {there} WHERE NOT coalesce({condition}, false)"  # noqa: S608
        draft.put(schema, name, select, few=draft.is_few(schema, name))

    def update(self, schema: str, name: str, column: str, value: str, condition: str) -> None:
        """Set a column to a value (SQL) where a condition holds."""
        kinds = self.columns(schema, name)
        kind = SQL_TYPES.get(kinds[column], kinds[column])
        changed = f"CASE WHEN {condition} THEN CAST({value} AS {kind}) ELSE {quoted(column)} END"
        columns = ", ".join(
            f"{changed} AS {quoted(c)}" if c == column else quoted(c) for c in kinds
        )
        draft = _draft(self)
        select = f"SELECT {columns} FROM {source_of(self, schema, name)}"  # noqa: S608
        draft.put(schema, name, select, few=draft.is_few(schema, name))

    def change_type(self, schema: str, name: str, column: str, kind: str) -> None:
        """Give a column of a table another SQL type, and its values with it."""
        columns = ", ".join(
            f"CAST({quoted(c)} AS {kind}) AS {quoted(c)}" if c == column else quoted(c)
            for c in self.columns(schema, name)
        )
        _draft(self).put(schema, name, f"SELECT {columns} FROM {source_of(self, schema, name)}")  # noqa: S608

    def rename(self, schema: str, name: str, to: str) -> None:
        """Give a table another name."""
        self.copy_table(schema, name, (schema, to))
        _draft(self).drop(schema, name)

    def copy_table(self, schema: str, name: str, to: tuple[str, str]) -> None:
        """Name the rows of a table once more: they are written once, and never changed."""
        rows_of = published(self, schema)[name.lower()][1]
        _draft(self).share_rows(*to, rows_of, self.relation(schema, name))

    def drop(self, schema: str, name: str) -> None:
        """Remove a table or view, whichever it is; nothing where there is none."""
        if self.kinds(schema).get(name.lower()):
            _draft(self).drop(schema, name)

    def comment(
        self, schema: str, name: str, kind: str, words: str, columns: Mapping[str, str]
    ) -> None:
        """Comment on a table or view, and on its columns, where this transaction writes it."""
        del kind
        _draft(self).comment(schema, name, words, columns)


def _draft(store: Tables) -> Draft:
    if store.draft is None:
        raise RuntimeError("tables are written within a transaction")
    return store.draft


def _cast(relation: str, columns: Mapping[str, str]) -> str:
    casts = ", ".join(f"CAST({quoted(c)} AS {kind}) AS {quoted(c)}" for c, kind in columns.items())
    return f"SELECT {casts} FROM {relation}"  # noqa: S608

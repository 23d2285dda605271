"""Catalog: what a cluster's catalog holds of segdb's, and what a publish is about to change in it.

A published table is a view of segdb's schema over a table of its own in ``<schema>_runs``: Spark
has no transaction over tables, and a view can be replaced at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from segdb.engines.spark.draft import Draft
from segdb.engines.spark.types import SQL_TYPES, contract_type, ibis_types
from segdb.errors import SettingsError
from segdb.sql import literal, quoted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# A property of a view: the table that holds the rows of what is published as a table.
ROWS_OF = "segdb.rows_of"
_RESERVED = ("default", "information_schema", "global_temp", "sys")
_ROWS_OF = re.compile(rf"{re.escape(ROWS_OF)}=([^,\]]+)")
_COMMENT = re.compile(r"^Comment: (.*?)$(?=\n[A-Z][A-Za-z ]*:)", re.MULTILINE | re.DOTALL)
_TEXT = re.compile(r"^View Text: (.*?)$(?=\n[A-Z][A-Za-z ]*:)", re.MULTILINE | re.DOTALL)
_TYPE = re.compile(r"^Type: (\w+)$", re.MULTILINE)


class _Connected(Protocol):
    session: SparkSession
    draft: Draft | None
    listing: dict[str, list[dict[str, Any]]]

    def execute(self, sql: str) -> None: ...
    def rows(self, query: ir.Table | str) -> list[dict[str, Any]]: ...
    def relation(self, schema: str, name: str) -> str: ...
    def columns(self, schema: str, name: str) -> dict[str, str]: ...
    def kinds(self, schema: str) -> dict[str, str]: ...


class Catalog:
    """The tables and views of the cluster's catalog, and how segdb's are written."""

    def schema(self: _Connected, relation: str) -> ibis.Schema:
        """Return the column names and types of a relation (SQL of a FROM clause)."""
        return ibis_types(self.session.sql(f"SELECT * FROM {relation}").schema)  # noqa: S608

    def unbound(self: _Connected, relation: str, name: str) -> ir.Table:
        """Return the relation (SQL of a FROM clause) as an unbound table called ``name``."""
        return ibis.table(Catalog.schema(self, relation), name=name)

    def relation(self: _Connected, schema: str, name: str) -> str:
        """Return a table or view as SQL of a FROM clause; in a transaction, as it is written."""
        drafted = self.draft.relation(schema, name) if self.draft else None
        return drafted or f"{quoted(schema)}.{quoted(name)}"

    def stored(self: _Connected, schema: str, name: str) -> ir.Table:
        """Return a table of the catalog as an unbound table."""
        drafted = self.draft.relation(schema, name) if self.draft else None
        if drafted:
            return ibis.table(Catalog.schema(self, drafted), name=drafted)
        columns = Catalog.schema(self, f"{quoted(schema)}.{quoted(name)}")
        return ibis.table(columns, name=name, database=schema)

    def holds(self: _Connected, schema: str, name: str) -> bool:
        """Whether there is such a table or view."""
        return name.lower() in self.kinds(schema)

    def tables(self: _Connected) -> list[tuple[str, str]]:
        """Return (schema, name) of every table and view that is not temporary."""
        schemas = [row["namespace"] for row in self.rows("SHOW SCHEMAS")]
        if self.draft:
            schemas = [*dict.fromkeys([*schemas, *self.draft.schemas])]
        return [(schema, name) for schema in schemas for name in sorted(self.kinds(schema))]

    def kinds(self: _Connected, schema: str) -> dict[str, str]:
        """Return "table" or "view" by the names of a schema, in lower case."""
        there = {name: kind for name, (kind, _) in published(self, schema).items()}
        return self.draft.kinds(schema, there) if self.draft else there

    def columns(self: _Connected, schema: str, name: str) -> dict[str, str]:
        """Return the types of a table's columns, as the contract calls them where it does."""
        if name.lower() not in self.kinds(schema):
            return {}
        frame = self.session.sql(f"SELECT * FROM {_source(self, schema, name)}")  # noqa: S608
        return {c.name: contract_type(c.dataType.simpleString()) for c in frame.schema}

    def comments(self: _Connected, schema: str) -> dict[str, str]:
        """Return the comments on the tables of a schema by their names, in lower case."""
        comments = {}
        for row in listed(self, schema):
            match = _COMMENT.search(row["information"])
            comments[row["tableName"].lower()] = match[1] if match else ""
        return comments

    def key_type(self: _Connected, schema: str, name: str) -> str:
        """Return the SQL type of the ``customer_id`` of a table or view."""
        frame = self.session.sql(f"SELECT customer_id FROM {_source(self, schema, name)}")  # noqa: S608
        return str(frame.schema["customer_id"].dataType.simpleString()).upper()

    def sql_type(self, kind: str) -> str:
        """Return Spark's word for a type of the contract."""
        return SQL_TYPES[kind]

    def refuse_schema(self, schema: str) -> None:
        """Refuse a schema that Spark keeps for itself.

        Raises:
            SettingsError: it is one, or Spark takes no such name.
        """
        if schema.lower() in _RESERVED or not re.fullmatch(r"\w+", schema, re.ASCII):
            raise SettingsError(
                f"[publish] schema = '{schema}': Spark takes names of letters, digits and "
                "underscores, and keeps some for itself. Name another."
            )

    # --- what is written: into the draft of a transaction ----------------------------------------

    def make_schema(self: _Connected, schema: str) -> None:
        """Make a schema when the transaction ends, unless it is there."""
        _draft(self).schemas.append(schema)

    def write_table(self: _Connected, schema: str, name: str, query: str) -> None:
        """Write the rows of a query into a table, in the place of one that is there."""
        _draft(self).put(schema, name, query)

    def write_rows(
        self: _Connected, schema: str, name: str, columns: Mapping[str, str], rows: pa.Table
    ) -> None:
        """Write a table of few rows, its columns by their SQL types, in the place of one."""
        draft = _draft(self)
        draft.put(schema, name, _cast(draft.given(rows), columns), few=True)

    def write_view(self: _Connected, schema: str, name: str, query: str) -> None:
        """Make a view, in the place of one that is there."""
        _draft(self).put_view(schema, name, query)

    def grow(self: _Connected, schema: str, name: str, columns: Mapping[str, str]) -> None:
        """Make a table, or give one that is there the columns that it lacks."""
        there = self.columns(schema, name)
        lacking = {column: kind for column, kind in columns.items() if column not in there}
        if not lacking:
            return
        empty = ", ".join(f"CAST(NULL AS {k}) AS {quoted(c)}" for c, k in lacking.items())
        select = f"SELECT {empty} LIMIT 0"
        if there:
            select = f"SELECT *, {empty} FROM {_source(self, schema, name)}"  # noqa: S608
        _draft(self).put(schema, name, select, few=True)

    def insert(self: _Connected, schema: str, name: str, rows: pa.Table) -> None:
        """Put rows into a table by the names of their columns."""
        draft, there = _draft(self), _source(self, schema, name)
        kinds = {c: SQL_TYPES.get(k, k) for c, k in self.columns(schema, name).items()}
        given = {column: kinds[column] for column in rows.column_names}
        added = _cast(draft.given(rows), given)
        columns = ", ".join(
            quoted(c) if c in given else f"CAST(NULL AS {kind}) AS {quoted(c)}"
            for c, kind in kinds.items()
        )
        select = f"SELECT * FROM {there} UNION ALL SELECT {columns} FROM ({added}) AS added"  # noqa: S608
        draft.put(schema, name, select, few=True)

    def append(
        self: _Connected, schema: str, name: str, columns: Sequence[str], query: str
    ) -> None:
        """Put the rows of a query into a table, its columns in this order."""
        kinds = {c: SQL_TYPES.get(k, k) for c, k in self.columns(schema, name).items()}
        listed_columns = ", ".join(map(quoted, columns))
        values = ", ".join(
            f"CAST({quoted(c) if c in columns else 'NULL'} AS {kind}) AS {quoted(c)}"
            for c, kind in kinds.items()
        )
        added = f"SELECT {values} FROM ({query}) AS added ({listed_columns})"  # noqa: S608
        there = f"SELECT * FROM {_source(self, schema, name)}"  # noqa: S608
        _draft(self).put(schema, name, f"{there} UNION ALL {added}")

    def delete(self: _Connected, schema: str, name: str, condition: str) -> None:
        """Remove the rows for which a condition holds."""
        there, draft = _source(self, schema, name), _draft(self)
        select = f"SELECT * FROM {there} WHERE NOT coalesce({condition}, false)"  # noqa: S608
        draft.put(schema, name, select, few=draft.is_few(schema, name))

    def update(
        self: _Connected, schema: str, name: str, column: str, value: str, condition: str
    ) -> None:
        """Set a column to a value (SQL) where a condition holds."""
        kinds = self.columns(schema, name)
        kind = SQL_TYPES.get(kinds[column], kinds[column])
        changed = f"CASE WHEN {condition} THEN CAST({value} AS {kind}) ELSE {quoted(column)} END"
        columns = ", ".join(
            f"{changed} AS {quoted(c)}" if c == column else quoted(c) for c in kinds
        )
        draft = _draft(self)
        select = f"SELECT {columns} FROM {_source(self, schema, name)}"  # noqa: S608
        draft.put(schema, name, select, few=draft.is_few(schema, name))

    def change_type(self: _Connected, schema: str, name: str, column: str, kind: str) -> None:
        """Give a column of a table another SQL type, and its values with it."""
        columns = ", ".join(
            f"CAST({quoted(c)} AS {kind}) AS {quoted(c)}" if c == column else quoted(c)
            for c in self.columns(schema, name)
        )
        _draft(self).put(schema, name, f"SELECT {columns} FROM {_source(self, schema, name)}")  # noqa: S608

    def rename(self: _Connected, schema: str, name: str, to: str) -> None:
        """Give a table another name."""
        Catalog.copy_table(self, schema, name, (schema, to))
        _draft(self).drop(schema, name)

    def copy_table(self: _Connected, schema: str, name: str, to: tuple[str, str]) -> None:
        """Name the rows of a table once more: they are written once, and never changed."""
        rows_of = published(self, schema)[name.lower()][1]
        _draft(self).share(*to, rows_of, self.relation(schema, name))

    def drop(self: _Connected, schema: str, name: str) -> None:
        """Remove a table or view, whichever it is; nothing where there is none."""
        if self.kinds(schema).get(name.lower()):
            _draft(self).drop(schema, name)

    def comment(
        self: _Connected, schema: str, name: str, kind: str, words: str, columns: Mapping[str, str]
    ) -> None:
        """Comment on a table or view, and on its columns, where this transaction writes it."""
        del kind
        _draft(self).comment(schema, name, words, columns)


def listed(store: _Connected, schema: str) -> list[dict[str, Any]]:
    """Return the catalog's words on each table and view of a schema; none without the schema."""
    if schema not in store.listing:
        store.listing[schema] = _listed(store, schema)
    return store.listing[schema]


def _listed(store: _Connected, schema: str) -> list[dict[str, Any]]:
    if not store.rows(f"SHOW SCHEMAS LIKE {literal(schema)}"):
        return []
    rows = store.rows(f"SHOW TABLE EXTENDED IN {quoted(schema)} LIKE '*'")
    return [row for row in rows if not row["isTemporary"]]


def view_statement(store: _Connected, schema: str, name: str) -> str | None:
    """Return the statement that makes a view as it is, without its columns' comments."""
    for row in listed(store, schema):
        if row["tableName"].lower() == name:
            words, text = row["information"], _TEXT.search(row["information"])
            comment, rows_of = _COMMENT.search(words), _ROWS_OF.search(words)
            if text is not None:
                select = text[1]
                return create_view(
                    f"{quoted(schema)}.{quoted(name)}",
                    select,
                    words=comment[1] if comment else "",
                    rows_of=rows_of[1] if rows_of else None,
                )
    return None


def create_view(
    place: str, select: str, *, columns: str = "", words: str = "", rows_of: str | None = None
) -> str:
    """Return the statement that makes a view.

    Args:
        place: its name in SQL.
        select: what it reads.
        columns: the list of its columns with their comments, in brackets.
        words: its comment.
        rows_of: the table that has its rows, of what is published as a table.
    """
    comment = f" COMMENT {comment_text(words)}" if words else ""
    property_ = f" TBLPROPERTIES ('{ROWS_OF}'={comment_text(rows_of)})" if rows_of else ""
    return f"CREATE OR REPLACE VIEW {place}{columns}{comment}{property_} AS {select}"


def comment_text(words: str) -> str:
    """Return a text as a literal of Spark, whose backslashes escape."""
    return literal(words.replace("\\", "\\\\"))


def published(store: _Connected, schema: str) -> dict[str, tuple[str, str | None]]:
    """Return (kind, where its rows are) by the names of a schema, in lower case.

    A view that segdb made over rows of its own is a table to whoever reads it.
    """
    kinds: dict[str, tuple[str, str | None]] = {}
    for row in listed(store, schema):
        view = (_TYPE.search(row["information"]) or [""])[0].endswith("VIEW")
        rows_of = _ROWS_OF.search(row["information"]) if view else None
        kind = "view" if view and rows_of is None else "table"
        kinds[row["tableName"].lower()] = (kind, rows_of[1] if rows_of else None)
    return kinds


def _draft(store: _Connected) -> Draft:
    if store.draft is None:
        raise RuntimeError("tables are written within a transaction")
    return store.draft


def _source(store: _Connected, schema: str, name: str) -> str:
    """Return what the next rows of a table are made of."""
    drafted = store.draft.source(schema, name) if store.draft else None
    return drafted or f"{quoted(schema)}.{quoted(name)}"


def _cast(relation: str, columns: Mapping[str, str]) -> str:
    casts = ", ".join(f"CAST({quoted(c)} AS {kind}) AS {quoted(c)}" for c, kind in columns.items())
    return f"SELECT {casts} FROM {relation}"  # noqa: S608

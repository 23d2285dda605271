"""Catalog: what a cluster's catalog holds of segdb's, and what a publish is about to change in it.

A published table is a view of segdb's schema over a table of its own in ``<schema>_runs``: Spark
has no transaction over tables, and a view can be replaced at once.
"""

from __future__ import annotations

import re
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.engines.spark.statements import Statements
from segdb.engines.spark.types import SQL_TYPES, contract_type, ibis_types
from segdb.errors import SettingsError
from segdb.sql_text import literal, quoted

# A property of a view: the table that holds the rows of what is published as a table.
ROWS_OF = "segdb.rows_of"
_RESERVED = ("default", "information_schema", "global_temp", "sys")
_ROWS_OF = re.compile(rf"{re.escape(ROWS_OF)}=([^,\]]+)")
_COMMENT = re.compile(r"^Comment: (.*?)$(?=\n[A-Z][A-Za-z ]*:)", re.MULTILINE | re.DOTALL)
_TEXT = re.compile(r"^View Text: (.*?)$(?=\n[A-Z][A-Za-z ]*:)", re.MULTILINE | re.DOTALL)
_TYPE = re.compile(r"^Type: (\w+)$", re.MULTILINE)


class Catalog(Statements):
    """The tables and views of the cluster's catalog, and how segdb's are written."""

    def schema(self, relation: str) -> ibis.Schema:
        """Return the column names and types of a relation (SQL of a FROM clause)."""
        return ibis_types(self.session.sql(f"SELECT * FROM {relation}").schema)  # noqa: S608

    def unbound(self, relation: str, name: str) -> ir.Table:
        """Return the relation (SQL of a FROM clause) as an unbound table called ``name``."""
        return ibis.table(self.schema(relation), name=name)

    def relation(self, schema: str, name: str) -> str:
        """Return a table or view as SQL of a FROM clause; in a transaction, as it is written."""
        drafted = self.draft.relation(schema, name) if self.draft else None
        return drafted or f"{quoted(schema)}.{quoted(name)}"

    def stored(self, schema: str, name: str) -> ir.Table:
        """Return a table of the catalog as an unbound table."""
        drafted = self.draft.relation(schema, name) if self.draft else None
        if drafted:
            return ibis.table(self.schema(drafted), name=drafted)
        columns = self.schema(f"{quoted(schema)}.{quoted(name)}")
        return ibis.table(columns, name=name, database=schema)

    def holds(self, schema: str, name: str) -> bool:
        """Whether there is such a table or view."""
        return name.lower() in self.kinds(schema)

    def tables(self) -> list[tuple[str, str]]:
        """Return (schema, name) of every table and view that is not temporary."""
        schemas = [row["namespace"] for row in self.rows("SHOW SCHEMAS")]
        if self.draft:
            schemas = [*dict.fromkeys([*schemas, *self.draft.schemas])]
        return [(schema, name) for schema in schemas for name in sorted(self.kinds(schema))]

    def kinds(self, schema: str) -> dict[str, str]:
        """Return "table" or "view" by the names of a schema, in lower case."""
        there = {name: kind for name, (kind, _) in published(self, schema).items()}
        return self.draft.kinds(schema, there) if self.draft else there

    def columns(self, schema: str, name: str) -> dict[str, str]:
        """Return the types of a table's columns, as the contract calls them where it does."""
        if name.lower() not in self.kinds(schema):
            return {}
        frame = self.session.sql(f"SELECT * FROM {source_of(self, schema, name)}")  # noqa: S608
        return {c.name: contract_type(c.dataType.simpleString()) for c in frame.schema}

    def comments(self, schema: str) -> dict[str, str]:
        """Return the comments on the tables of a schema by their names, in lower case."""
        comments = {}
        for row in listed(self, schema):
            match = _COMMENT.search(row["information"])
            comments[row["tableName"].lower()] = match[1] if match else ""
        return comments

    def key_type(self, schema: str, name: str) -> str:
        """Return the SQL type of the ``customer_id`` of a table or view."""
        frame = self.session.sql(f"SELECT customer_id FROM {source_of(self, schema, name)}")  # noqa: S608
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


def listed(store: Statements, schema: str) -> list[dict[str, Any]]:
    """Return the catalog's words on each table and view of a schema; none without the schema."""
    if schema not in store.listing:
        store.listing[schema] = _listed(store, schema)
    return store.listing[schema]


def _listed(store: Statements, schema: str) -> list[dict[str, Any]]:
    if not store.rows(f"SHOW SCHEMAS LIKE {literal(schema)}"):
        return []
    rows = store.rows(f"SHOW TABLE EXTENDED IN {quoted(schema)} LIKE '*'")
    return [row for row in rows if not row["isTemporary"]]


def view_statement(store: Statements, schema: str, name: str) -> str | None:
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


def published(store: Statements, schema: str) -> dict[str, tuple[str, str | None]]:
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


def source_of(store: Statements, schema: str, name: str) -> str:
    """Return what the next rows of a table are made of."""
    drafted = store.draft.source(schema, name) if store.draft else None
    return drafted or f"{quoted(schema)}.{quoted(name)}"


def rows_of(store: Statements, schema: str, name: str) -> str | None:
    """Return where the rows of a published table are; None where it has none of segdb's."""
    there = published(store, schema).get(name)
    return there[1] if there else None

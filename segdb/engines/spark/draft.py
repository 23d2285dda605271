"""Draft: what a publish has written so far, which nobody sees before the whole of it is switched.

Each written table is a SELECT behind a temporary view, made of what was there before: nothing is
updated in place, and no row is written before the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from segdb.engines.spark.checkpoint import checkpoint
from segdb.engines.spark.types import uploaded
from segdb.sql_text import quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True)
class Written:
    """A table or view as the publish leaves it.

    Attributes:
        view: the temporary view that says its rows; None of a view.
        select: the SELECT of a view; None of a table.
        rows_of: the table that has its rows already; None where they are to be written.
        few: whether it is written into one table with the others of few rows.
        read: whether its rows were computed, since something read them.
        words: its comment.
        columns: the comments on its columns.
    """

    view: str | None = None
    select: str | None = None
    rows_of: str | None = None
    few: bool = False
    read: bool = False
    words: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


class Draft:
    """The tables that a transaction writes, by (schema, name).

    Attributes:
        session: in which it is written.
        tables: as they will be; None of one that goes.
        schemas: those that are made where they are not there.
    """

    def __init__(self, session: SparkSession) -> None:
        self.session = session
        self.tables: dict[tuple[str, str], Written | None] = {}
        self.schemas: list[str] = []
        self._views = 0

    def view_of(self, rows: pa.Table) -> str:
        """Return the temporary view of rows that are in Python."""
        return self._view(uploaded(self.session, rows))

    def put(self, schema: str, name: str, select: str, *, few: bool = False) -> None:
        """Let a table have the rows of a SELECT."""
        view = self._view(self.session.sql(select))
        self.tables[schema, name.lower()] = Written(view=view, few=few)

    def put_view(self, schema: str, name: str, select: str) -> None:
        """Make a view."""
        self.tables[schema, name.lower()] = Written(select=select)

    def share_rows(self, schema: str, name: str, rows_of: str | None, relation: str) -> None:
        """Let a table have rows that are another one's, too."""
        if rows_of is None:
            self.put(schema, name, f"SELECT * FROM {relation}")  # noqa: S608
            return
        view = self._view(self.session.sql(f"SELECT * FROM {relation}"))  # noqa: S608
        self.tables[schema, name.lower()] = Written(view=view, rows_of=rows_of)

    def drop(self, schema: str, name: str) -> None:
        """Remove a table or view."""
        self.tables[schema, name.lower()] = None

    def comment(self, schema: str, name: str, words: str, columns: Mapping[str, str]) -> None:
        """Say what a table is, where it is written."""
        written = self.tables.get((schema, name.lower()))
        if written is not None:
            named = replace(written, words=words, columns=dict(columns))
            self.tables[schema, name.lower()] = named

    def is_few(self, schema: str, name: str) -> bool:
        """Whether a table is one of few rows, as far as it is written here."""
        written = self.tables.get((schema, name.lower()))
        return written is not None and written.few

    def kinds(self, schema: str, there: Mapping[str, str]) -> dict[str, str]:
        """Return "table" or "view" by name, as they will be."""
        kinds = dict(there)
        for (owner, name), written in self.tables.items():
            if owner == schema and written is None:
                kinds.pop(name, None)
            elif owner == schema and written is not None:
                kinds[name] = "table" if written.select is None else "view"
        return kinds

    def source(self, schema: str, name: str) -> str | None:
        """Return the view of a table's rows so far; None where it is as it was."""
        written = self.tables.get((schema, name.lower()))
        return quoted(written.view) if written is not None and written.view else None

    def relation(self, schema: str, name: str) -> str | None:
        """Return a table as it can be read, its rows computed once; None where it is as it was."""
        written = self.tables.get((schema, name.lower()))
        if written is None or written.view is None:
            return None
        if not (written.few or written.read or written.rows_of):
            checkpoint(self.session, self.session.table(written.view)).createOrReplaceTempView(
                written.view
            )
            self.tables[schema, name.lower()] = replace(written, read=True)
        return quoted(written.view)

    def _view(self, frame: DataFrame) -> str:
        self._views += 1
        view = f"segdb_draft_{self._views}"
        frame.createOrReplaceTempView(view)
        return view

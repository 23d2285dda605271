"""Transaction: a draft becomes what everyone reads, all of it or nothing.

Spark has no transaction over tables. So the rows are written beside those that are published, and
then the views are replaced one after the other, which takes a moment. A lock keeps others out
meanwhile; it holds the statements that undo what a publish did that was killed, and the next
transaction on the schema runs them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

from segdb.engines.spark.catalog import comment_text, create_view, listed, published, rows_of
from segdb.engines.spark.connect import is_lost, is_refusal, reason, refused
from segdb.engines.spark.draft import Draft, Written
from segdb.engines.spark.lock import LOCK, locked, note, rows_schema, undo
from segdb.errors import LockedError, PublishError, UserError
from segdb.sql_text import quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from segdb.engines.spark.database import Spark

# Replaced last: whoever reads its new row can read all of the run.
_LAST = "runs"


@contextmanager
def transaction(store: Spark, schema: str) -> Iterator[None]:
    """Run a block that drafts tables, and publish them at its end.

    Raises:
        PublishError: the cluster refused; nothing was changed.
        LockedError: another session published meanwhile, or is about to.
        UserError: the user may not write there.
    """
    rows = rows_schema(schema)
    try:
        undo(store, rows)
        store.listing.clear()
        before = rows_of(store, schema, _LAST)
        draft = store.draft = Draft(store.session)
        try:
            yield
        finally:
            store.draft = None
        for name in dict.fromkeys([schema, rows, *draft.schemas]):
            store.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(name)}")
        with locked(store, rows) as token:
            store.listing.clear()
            if rows_of(store, schema, _LAST) != before:
                raise LockedError(
                    "Another session published while this run was under way. Its tables stay; run "
                    "again to publish after it."
                )
            _Publish(store, rows, token).switch(draft.tables)
            store.listing.clear()
            with suppress(Exception):  # what is left is no part of what is published
                _sweep(store, schema, rows, draft)
    except Exception as error:
        if not is_refusal(error):
            raise
        refusal = refused(error)
        if isinstance(refusal, UserError):
            raise refusal from error
        if is_lost(error):
            raise PublishError(
                "The connection to the cluster was lost in the publish. If it did not come to its "
                f"end, the next one undoes what it left. The client said: {reason(error)}"
            ) from error
        raise PublishError(
            "The publish failed and was undone; the tables of the last run are as they were. The "
            f"cluster said: {reason(error)}"
        ) from error


@dataclass(frozen=True)
class _Publish:
    """One publish on its way from a draft into the catalog.

    Attributes:
        store: the cluster.
        rows: the schema of the tables' rows.
        token: what the names of its tables end with.
    """

    store: Spark
    rows: str
    token: str

    def switch(self, tables: Mapping[tuple[str, str], Written | None]) -> None:
        """Note how to undo it, write the rows, and replace the views, ``runs`` last."""
        ordered = dict(sorted(tables.items(), key=_order))
        note(self.store, self.rows, list(ordered))
        written = self._write(ordered)
        catalog = {schema: published(self.store, schema) for schema, _ in written}
        for (schema, name), table in written.items():
            kind, rows = catalog[schema].get(name, ("", None))
            place = f"{quoted(schema)}.{quoted(name)}"
            foreign = kind == "table" and rows is None
            if kind and (table is None or foreign):
                self.store.execute(f"DROP {'TABLE' if foreign else 'VIEW'} IF EXISTS {place}")
            if table is not None:
                self.store.execute(self._create_view(place, table))

    def _write(
        self, tables: Mapping[tuple[str, str], Written | None]
    ) -> dict[tuple[str, str], Written | None]:
        """Write the rows of the tables; return each with where they are."""
        written: dict[tuple[str, str], Written | None] = {}
        few = {place: t for place, t in tables.items() if t and t.few and t.view}
        together = f"{self.rows}.few_{self.token}"
        if few:
            self._write_few(few, together)
        for (schema, name), table in tables.items():
            if table is None or table.view is None or table.rows_of:
                written[schema, name] = table
            elif table.few:
                written[schema, name] = replace(table, rows_of=f"{together}#{schema}.{name}")
            else:
                rows_of = f"{self.rows}.{name}_{self.token}"
                self.store.execute(f"CREATE TABLE {rows_of} AS SELECT * FROM {quoted(table.view)}")  # noqa: S608
                written[schema, name] = replace(table, rows_of=rows_of)
        return written

    def _write_few(self, tables: Mapping[tuple[str, str], Written], place: str) -> None:
        """Write tables of few rows into one: a column each, whose values are its rows."""
        frames = [
            self.store.session.sql(
                f"SELECT struct(*) AS {quoted(f'{schema}.{name}')} FROM {quoted(str(table.view))}"  # noqa: S608
            )
            for (schema, name), table in tables.items()
        ]
        union = reduce(_side_by_side, frames)
        union.coalesce(1).write.saveAsTable(place)

    def _create_view(self, place: str, table: Written) -> str:
        select = table.select
        if select is None:
            relation, _, column = str(table.rows_of).partition("#")
            select = f"SELECT * FROM {relation}"  # noqa: S608
            if column:
                name = quoted(column)
                select = f"SELECT {name}.* FROM {relation} WHERE {name} IS NOT NULL"  # noqa: S608
        columns = ""
        if table.columns:
            names = self.store.session.sql(select).columns
            comments = {c: f" COMMENT {comment_text(w)}" for c, w in table.columns.items()}
            columns = f" ({', '.join(quoted(c) + comments.get(c, '') for c in names)})"
        return create_view(place, select, columns=columns, words=table.words, rows_of=table.rows_of)


def _sweep(store: Spark, schema: str, rows: str, draft: Draft) -> None:
    """Drop the rows that no view reads any more; under the lock: others write theirs first."""
    schemas = {schema, f"{schema}_kept", *(owner for owner, _ in draft.tables)}
    used = {
        (place or "").partition("#")[0]
        for name in schemas
        for _, place in published(store, name).values()
    }
    for row in listed(store, rows):
        name = f"{rows}.{row['tableName']}"
        if name not in used and row["tableName"] != LOCK:
            store.execute(f"DROP TABLE IF EXISTS {name}")


def _order(item: tuple[tuple[str, str], Written | None]) -> tuple[int, ...]:
    """Tables before the views that read them, and the runs last of all."""
    (_, name), table = item
    return (name == _LAST, table is not None and table.select is not None)


def _side_by_side(left: DataFrame, right: DataFrame) -> DataFrame:
    return left.unionByName(right, allowMissingColumns=True)

"""Transaction: a draft becomes what everyone reads, all of it or nothing.

Spark has no transaction over tables. So the rows are written beside those that are published, and
then the views are replaced one after the other, which takes a moment. A lock keeps others out
meanwhile; it holds the statements that undo what a publish did that was killed, and the next
transaction on the schema runs them.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

from segdb.engines.spark.catalog import (
    comment_text,
    create_view,
    listed,
    published,
    view_statement,
)
from segdb.engines.spark.connect import is_refusal, reason, refused
from segdb.engines.spark.draft import Draft, Written
from segdb.errors import LockedError, PublishError, UserError
from segdb.sql import literal, quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from segdb.engines.spark.database import Spark

# A table, since only one session can make it.
_LOCK = "publishing"
# Seconds after which the lock of a session that does not renew it is taken for left behind.
_STALE, _RENEWED = 60, 10
# Replaced last: whoever reads its new row can read all of the run.
_LAST = "runs"
# Properties of the lock: whose publish it is, and when it was last renewed.
_OWNER = "segdb.publish"
_MOMENT = "segdb.moment"


@contextmanager
def transaction(store: Spark, schema: str) -> Iterator[None]:
    """Run a block that drafts tables, and publish them at its end.

    Raises:
        PublishError: the cluster refused; nothing was changed.
        LockedError: another session published meanwhile, or is about to.
        UserError: the user may not write there.
    """
    rows = f"{schema}_runs"
    try:
        undo(store, rows)
        store.listing.clear()
        before = _last_rows(store, schema)
        store.draft = Draft(store.session)
        try:
            yield
            draft, store.draft = store.draft, None
            _Publish(store, schema, rows, draft).run(before)
        finally:
            store.draft = None
    except Exception as error:
        if not is_refusal(error):
            raise
        refusal = refused(error)
        if isinstance(refusal, UserError):
            raise refusal from error
        raise PublishError(
            "The publish failed and was undone; the tables of the last run are as they were. The "
            f"cluster said: {reason(error)}"
        ) from error


def undo(store: Spark, rows: str) -> None:
    """Undo what a publish left that was killed; wait for one that is under way.

    Args:
        store: the cluster.
        rows: the schema of the tables' rows.
    """
    while (lock := _lock(store, rows)) is not None:
        age = store.rows(f"SELECT unix_timestamp() - {lock[_MOMENT]} AS age")[0]["age"]
        if age < _STALE:
            time.sleep(1)
            continue
        _roll_back(store, rows, lock[_OWNER])


def _lock(store: Spark, rows: str) -> dict[str, str] | None:
    """Return the properties of the lock; None where nobody publishes."""
    if not store.rows(f"SHOW SCHEMAS LIKE {literal(rows)}"):
        return None
    if not store.rows(f"SHOW TABLES IN {quoted(rows)} LIKE '{_LOCK}'"):
        return None
    with suppress(Exception):  # it may be gone by now
        properties = store.rows(f"SHOW TBLPROPERTIES {quoted(rows)}.{_LOCK}")
        return {row["key"]: row["value"] for row in properties}
    return None


def _roll_back(store: Spark, rows: str, token: str) -> None:
    """Let the views be what they were before a publish, and drop the rows that it wrote."""
    place = f"{quoted(rows)}.{_LOCK}"
    steps = store.rows(f"SELECT * FROM {place} ORDER BY number")  # noqa: S608
    store.listing.clear()
    # The last view of a publish says whether it was whole.
    whole = bool(steps) and token in (_rows_of(store, steps[-1]["schema"], steps[-1]["name"]) or "")
    if not whole:
        for step in steps:
            there = published(store, step["schema"]).get(step["name"])
            if step["statement"]:
                store.execute(step["statement"])
            elif there is not None:
                store.execute(f"DROP VIEW {quoted(step['schema'])}.{quoted(step['name'])}")
        for row in listed(store, rows):
            if row["tableName"].endswith(token):
                store.execute(f"DROP TABLE {quoted(rows)}.{quoted(row['tableName'])}")
    store.execute(f"DROP TABLE IF EXISTS {place}")
    store.listing.clear()


def _rows_of(store: Spark, schema: str, name: str) -> str | None:
    there = published(store, schema).get(name)
    return there[1] if there else None


def _last_rows(store: Spark, schema: str) -> str | None:
    return _rows_of(store, schema, _LAST)


@dataclass
class _Publish:
    """One publish on its way from a draft into the catalog.

    Attributes:
        store: the cluster.
        schema: where the tables are.
        rows: the schema of their rows.
        draft: what is published.
        token: of its tables' names.
    """

    store: Spark
    schema: str
    rows: str
    draft: Draft
    token: str = ""

    def run(self, before: str | None) -> None:
        """Write the rows, and switch.

        Args:
            before: where the rows of the table ``runs`` were when the transaction began.
        """
        self.token = secrets.token_hex(6)
        self.store.listing.clear()
        for schema in dict.fromkeys([self.schema, self.rows, *self.draft.schemas]):
            self.store.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        self._acquire()
        stop = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(stop,), daemon=True)
        renewing.start()
        try:
            if _last_rows(self.store, self.schema) != before:
                raise LockedError(
                    "Another session published while this run was under way. Its tables stay; run "
                    "again to publish after it."
                )
            self._switch()
        except BaseException:
            stop.set()
            renewing.join()
            with suppress(Exception):
                _roll_back(self.store, self.rows, self.token)
            raise
        finally:
            stop.set()
        renewing.join()
        self.store.execute(f"DROP TABLE IF EXISTS {quoted(self.rows)}.{_LOCK}")
        self.store.listing.clear()
        with suppress(Exception):  # what is left is no part of what is published
            self._sweep()

    def _acquire(self) -> None:
        columns = "(number INT, schema STRING, name STRING, statement STRING)"
        for _ in range(_STALE):
            undo(self.store, self.rows)
            properties = f"({literal(_OWNER)}={literal(self.token)}, {_moment(self.store)})"
            try:
                self.store.execute(
                    f"CREATE TABLE {quoted(self.rows)}.{_LOCK} {columns} TBLPROPERTIES {properties}"
                )
            except Exception as error:
                if "ALREADY_EXISTS" not in str(error):
                    raise
            else:
                return
        raise LockedError("Other sessions publish all the time. Try again.")

    def _renew(self, stop: threading.Event) -> None:
        place = f"{quoted(self.rows)}.{_LOCK}"
        while not stop.wait(_RENEWED):
            with suppress(Exception):
                moment = _moment(self.store)
                self.store.execute(f"ALTER TABLE {place} SET TBLPROPERTIES ({moment})")

    def _switch(self) -> None:
        """Note how to undo it, write the rows, and replace the views, ``runs`` last."""
        named = sorted(self.draft.tables.items(), key=_order)
        self._note([place for place, _ in named])
        written = self._write(dict(named))
        catalog = {schema: published(self.store, schema) for schema, _ in written}
        for (schema, name), table in written.items():
            kind, rows_of = catalog[schema].get(name, ("", None))
            place = f"{quoted(schema)}.{quoted(name)}"
            foreign = kind == "table" and rows_of is None
            if kind and (table is None or foreign):
                self.store.execute(f"DROP {'TABLE' if foreign else 'VIEW'} IF EXISTS {place}")
            if table is not None:
                self.store.execute(self._create_view(place, table))

    def _note(self, places: list[tuple[str, str]]) -> None:
        """Put into the lock how each view was made that is about to be replaced."""
        rows = [
            (number, schema, name, view_statement(self.store, schema, name))
            for number, (schema, name) in enumerate(places)
        ]
        frame = self.store.session.createDataFrame(
            rows, "number INT, schema STRING, name STRING, statement STRING"
        )
        frame.coalesce(1).write.insertInto(f"{self.rows}.{_LOCK}")

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

    def _sweep(self) -> None:
        """Drop the rows that no view reads any more."""
        schemas = {schema for schema, _ in self.draft.tables} | {self.schema}
        used = {
            (rows_of or "").partition("#")[0]
            for schema in {*schemas, f"{self.schema}_kept"}
            for _, rows_of in published(self.store, schema).values()
        }
        for row in listed(self.store, self.rows):
            name = f"{self.rows}.{row['tableName']}"
            if name not in used and row["tableName"] != _LOCK:
                self.store.execute(f"DROP TABLE IF EXISTS {name}")


def _order(item: tuple[tuple[str, str], Written | None]) -> tuple[int, ...]:
    """Tables before the views that read them, and the runs last of all."""
    (_, name), table = item
    return (name == _LAST, table is not None and table.select is not None)


def _side_by_side(left: DataFrame, right: DataFrame) -> DataFrame:
    return left.unionByName(right, allowMissingColumns=True)


def _moment(store: Spark) -> str:
    """Return the property that says when it is, by the cluster's clock."""
    now = store.rows("SELECT unix_timestamp() AS now")[0]["now"]
    return f"{literal(_MOMENT)}='{now}'"

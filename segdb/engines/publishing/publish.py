"""Publish: all tables of a run in one transaction, with their comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from segdb.contract import (
    ID,
    KEPT_RUNS,
    RFM_SEGMENT_HISTORY,
    RFM_SEGMENT_MIGRATIONS,
    RUN_SEGMENTS,
    SEGMENT_HISTORY,
    SEGMENT_MIGRATIONS,
    Table,
)
from segdb.contract.types import arrow_schema
from segdb.engines.protocol import Database
from segdb.engines.publishing.aggregates import Aggregates, keep_aggregates
from segdb.engines.publishing.history import RFM_SEGMENT, SEGMENT, record
from segdb.engines.publishing.integrity import has, make_room, set_aside
from segdb.engines.publishing.run_archive import archive_schema, keep, prune, published_run
from segdb.engines.publishing.signature import sign
from segdb.errors import LockedError, PublishError
from segdb.sql_text import quoted

ANY_RUN = -1
# Written from the tables of the customers, as soon as those are.
_HISTORIES = (SEGMENT_HISTORY, SEGMENT_MIGRATIONS, RFM_SEGMENT_HISTORY, RFM_SEGMENT_MIGRATIONS)


@dataclass(frozen=True)
class Content:
    """What goes into a published table.

    Attributes:
        table: its contract.
        rows: a query whose columns have the contract's names, or few rows as mappings; of a
            macro, the statement that makes it; None for a view that cannot be had of this source.
        features: the sentence of each feature's column, where the table has them.
    """

    table: Table
    rows: ir.Table | str | Sequence[Mapping[str, Any]] | None
    features: Mapping[str, str]


@dataclass(frozen=True)
class Publication:
    """A run on its way into its tables.

    Attributes:
        run_id: its number, as in the row of RUNS.
        moment: since when the segments hold, for the history.
        contents: what goes into the tables, in order; SEGMENTS among them.
        keep_runs: how many earlier runs stay, to be published again.
        rewind: the run is an earlier one, published again in the place of the later ones.
        aggregates: of the orders, for the next refresh to go on from.
        signed: whether this user's segdb vouches for how the run reads its sources.
        follows: the run that was published when this one looked, None for none; ``ANY_RUN`` where
            it does not matter.
    """

    run_id: int
    moment: datetime
    contents: Sequence[Content]
    keep_runs: int
    rewind: bool = False
    aggregates: Aggregates | None = None
    signed: bool = True
    follows: int | None = ANY_RUN


def publish(store: Database, schema: str, publication: Publication) -> None:
    """Write a run in one transaction, and check that its row is there.

    Args:
        store: the database.
        schema: where the tables go.
        publication: the run.

    Raises:
        LockedError: another connection published a run in the meantime.
        PublishError: the database refused; the last run's tables are as they were.
        SettingsError: the schema is called like a database.
    """
    with store.attached(write=True):
        refuse_ambiguous(store, schema)
        with store.transaction(schema):
            _refuse_overtaken(store, schema, publication)
            _write_run(store, schema, publication)
        if published_run(store, schema) != publication.run_id:
            raise PublishError(
                f"The database took run {publication.run_id} and did not keep it; the tables of "
                "the last run are as they were. Is its disk full?"
            )


def _write_run(store: Database, schema: str, publication: Publication) -> None:
    """Write all tables of a run, in the middle of its transaction."""
    run_id, contents, moment = publication.run_id, publication.contents, publication.moment
    store.make_schema(schema)
    _make_growing(store, schema, KEPT_RUNS)
    if publication.keep_runs:
        keep(store, schema, [c.table for c in contents if _is_small(c)])
    there = store.kinds(schema)
    for content in contents:
        if content.rows is None:
            store.drop(schema, content.table.name)
            continue
        _write(store, schema, content, there)
        for what in (SEGMENT, RFM_SEGMENT):
            if content.table.name == what.groups:
                record(store, schema, run_id, moment, what, rewind=publication.rewind)
        _comment(store, schema, content)
    prune(store, schema, publication.keep_runs)
    keep_aggregates(store, schema, run_id, publication.aggregates)
    for table in (*_HISTORIES, KEPT_RUNS):
        if store.holds(schema, table.name):
            _comment(store, schema, Content(table, None, {}))
    if publication.signed:
        sign(store, schema, run_id)


def publish_additional(store: Database, schema: str, contents: Sequence[Content]) -> None:
    """Write tables beside those of the last run, all or none, in a transaction of their own.

    Raises:
        PublishError: the database refused; what was there is as it was.
    """
    with store.attached(write=True), store.transaction(schema):
        there = store.kinds(schema)
        for content in contents:
            _write(store, schema, content, there)
            _comment(store, schema, content)


def refuse_ambiguous(store: Database, schema: str) -> None:
    """Refuse a schema that SQL could not tell from something else.

    Raises:
        SettingsError: it, or that of the earlier runs, is called like a database.
    """
    for name in (schema, archive_schema(schema)):
        store.refuse_schema(name)


def next_run(store: Database, schema: str) -> int:
    """Return the number of the next run: one more than the highest that was published.

    Where ``runs`` was dropped, the other tables that grow know what numbers were given.
    """
    highest = published_run(store, schema) or 0
    for table in (RUN_SEGMENTS, SEGMENT_MIGRATIONS, KEPT_RUNS):
        if has(store, schema, table, "run_id"):
            name = store.relation(schema, table.name)
            highest = max(highest, store.rows(f"SELECT max(run_id) AS n FROM {name}")[0]["n"] or 0)  # noqa: S608
    return highest + 1


def _refuse_overtaken(store: Database, schema: str, publication: Publication) -> None:
    """Refuse to publish after another run than the one whose segments this one goes on with.

    Names, history and drift were worked out against that run, and what overtook it may be a
    rollback that someone wants to stay.
    """
    last = published_run(store, schema)
    follows = last if publication.follows is ANY_RUN else publication.follows
    if last != follows or (last or 0) >= publication.run_id:
        what = "took the runs away" if last is None else f"published run {last}"
        raise LockedError(
            f"Another connection {what} while this run was under way. What it left stays; run "
            "again to publish after it."
        )


def _is_small(content: Content) -> bool:
    written = not isinstance(content.rows, ir.Table | str | None)
    return written and content.table.kind == "table" and not content.table.grows


def _write(store: Database, schema: str, content: Content, there: Mapping[str, str]) -> None:
    table = content.table
    if table.kind == "macro":
        store.execute(str(content.rows))
        return
    make_room(store, schema, table, there)
    if isinstance(content.rows, ir.Table | str):
        write = store.write_view if table.kind == "view" else store.write_table
        write(schema, table.name, _typed(store, table, content.rows))
        return
    rows = pa.Table.from_pylist(list(content.rows or ()), schema=arrow_schema(table))
    if table.grows:
        _make_growing(store, schema, table)
        store.insert(schema, table.name, rows)
    else:
        store.write_rows(schema, table.name, _types(store, table), rows)


def _make_growing(store: Database, schema: str, table: Table) -> None:
    """Make the table, or give one of an older release the columns that it lacks."""
    make_room(store, schema, table)
    set_aside(store, schema, table)
    store.grow(schema, table.name, _types(store, table))


def _types(store: Database, table: Table) -> dict[str, str]:
    return {column.name: store.sql_type(column.type) for column in table.columns}


def _typed(store: Database, table: Table, query: ir.Table | str) -> str:
    """A literal's type differs from one release of Ibis to the next; the contract's does not."""
    if isinstance(query, str) and not table.features:
        # It has the contract's columns; to ask the database for them is to bind it once more.
        names, sql = tuple(column.name for column in table.columns), query
    elif isinstance(query, str):
        names, sql = store.schema(f"({query}) AS written").names, query
    else:
        names, sql = query.columns, store.compile(query, pretty=table.kind == "view")
    kinds = {column.name: column.type for column in table.columns if column.type != ID}
    casts = ", ".join(
        f"CAST({quoted(name)} AS {store.sql_type(kinds[name])}) AS {quoted(name)}"
        if name in kinds
        else quoted(name)
        for name in names
    )
    return f"SELECT {casts} FROM (\n{sql}\n) AS written"  # noqa: S608


def _comment(store: Database, schema: str, content: Content) -> None:
    table = content.table
    columns = {} if table.kind == "macro" else {c.name: c.comment for c in table.columns}
    columns |= content.features
    store.comment(schema, table.name, table.kind, table.comment, columns)

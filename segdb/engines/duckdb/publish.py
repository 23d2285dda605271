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
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.history import RFM_SEGMENT, SEGMENT, record
from segdb.engines.duckdb.integrity import drop, has, make_room, set_aside
from segdb.engines.duckdb.run_archive import (
    archive_schema,
    keep,
    keep_aggregates,
    prune,
    published_run,
)
from segdb.engines.duckdb.signature import sign
from segdb.errors import LockedError, PublishError, SettingsError
from segdb.sql import literal, quoted, to_sql

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
        aggregates: of the orders, one row a customer, for the next refresh to go on from.
        signed: whether this user's segdb vouches for how the run reads its sources.
    """

    run_id: int
    moment: datetime
    contents: Sequence[Content]
    keep_runs: int
    rewind: bool = False
    aggregates: ir.Table | None = None
    signed: bool = True


def publish(store: DuckDB, schema: str, publication: Publication) -> None:
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
    run_id, contents, moment = publication.run_id, publication.contents, publication.moment
    refuse_ambiguous(store, schema)
    with store.transaction():
        _refuse_overtaken(store, schema, run_id)
        store.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        _make_growing(store, schema, KEPT_RUNS)
        if publication.keep_runs:
            keep(store, schema, [c.table for c in contents if _is_small(c)])
        for content in contents:
            if content.rows is None:
                drop(store, schema, content.table.name)
                continue
            _write(store, schema, content)
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
    if published_run(store, schema) != run_id:
        raise PublishError(
            f"The database took run {run_id} and did not keep it; the tables of the last run are "
            "as they were. Is its disk full?"
        )


def publish_additional(store: DuckDB, schema: str, contents: Sequence[Content]) -> None:
    """Write tables beside those of the last run, all or none, in a transaction of their own.

    Raises:
        PublishError: the database refused; what was there is as it was.
    """
    with store.transaction():
        for content in contents:
            _write(store, schema, content)
            _comment(store, schema, content)


def refuse_ambiguous(store: DuckDB, schema: str) -> None:
    """Refuse a schema that SQL could not tell from a database.

    Raises:
        SettingsError: the schema is called like the database file, or like one of DuckDB's own.
    """
    databases = {row["name"].lower() for row in store.rows("SELECT name FROM pragma_database_list")}
    clashing = [name for name in (schema, archive_schema(schema)) if name.lower() in databases]
    if clashing or schema.lower() in {"system", "temp"}:
        raise SettingsError(
            f"[publish] schema = '{schema}': the database is called "
            f"{(clashing or [schema])[0]} too, and SQL could not "
            "tell them apart. Name the schema or the database file otherwise."
        )


def next_run(store: DuckDB, schema: str) -> int:
    """Return the number of the next run: one more than the highest that was published.

    Where ``runs`` was dropped, the other tables that grow know what numbers were given.
    """
    highest = published_run(store, schema) or 0
    for table in (RUN_SEGMENTS, SEGMENT_MIGRATIONS, KEPT_RUNS):
        if has(store, schema, table, "run_id"):
            name = f"{quoted(schema)}.{quoted(table.name)}"
            highest = max(highest, store.rows(f"SELECT max(run_id) AS n FROM {name}")[0]["n"] or 0)  # noqa: S608
    return highest + 1


def _refuse_overtaken(store: DuckDB, schema: str, run_id: int) -> None:
    last = published_run(store, schema) or 0
    if last >= run_id:
        raise LockedError(
            f"Another connection published run {last} while this run was under way. Its tables "
            "stay; run again to publish after it."
        )


def _is_small(content: Content) -> bool:
    written = not isinstance(content.rows, ir.Table | str | None)
    return written and content.table.kind == "table" and not content.table.grows


def _write(store: DuckDB, schema: str, content: Content) -> None:
    table = content.table
    name = f"{quoted(schema)}.{quoted(table.name)}"
    if table.kind == "macro":
        store.execute(str(content.rows))
        return
    make_room(store, schema, table)
    if isinstance(content.rows, ir.Table | str):
        sql = content.rows
        if isinstance(sql, ir.Table):
            sql = to_sql(sql, pretty=table.kind == "view")
        store.execute(f"CREATE OR REPLACE {table.kind} {name} AS {_typed(table, sql)}")
        return
    rows = pa.Table.from_pylist(list(content.rows or ()), schema=arrow_schema(table))
    store.connection.register("segdb_rows", rows)
    if table.grows:
        _make_growing(store, schema, table)
    else:
        store.execute(f"CREATE OR REPLACE TABLE {name} ({_columns(table)})")
    store.execute(f"INSERT INTO {name} BY NAME FROM segdb_rows")
    store.connection.unregister("segdb_rows")


def _make_growing(store: DuckDB, schema: str, table: Table) -> None:
    """Make the table, or give one of an older release the columns that it lacks."""
    name = f"{quoted(schema)}.{quoted(table.name)}"
    make_room(store, schema, table)
    set_aside(store, schema, table)
    store.execute(f"CREATE TABLE IF NOT EXISTS {name} ({_columns(table)})")
    for column in table.columns:
        store.execute(
            f"ALTER TABLE {name} ADD COLUMN IF NOT EXISTS {quoted(column.name)} {column.type}"
        )


def _columns(table: Table) -> str:
    return ", ".join(f"{quoted(column.name)} {column.type}" for column in table.columns)


def _typed(table: Table, sql: str) -> str:
    """A literal's type differs from one release of Ibis to the next; the contract's does not."""
    casts = (
        f"CAST({quoted(column.name)} AS {column.type}) AS {quoted(column.name)}"
        for column in table.columns
        if column.type != ID
    )
    return f"SELECT * REPLACE ({', '.join(casts)}) FROM (\n{sql}\n)"  # noqa: S608


def _comment(store: DuckDB, schema: str, content: Content) -> None:
    table = content.table
    name = f"{quoted(schema)}.{quoted(table.name)}"
    kind = "MACRO TABLE" if table.kind == "macro" else table.kind
    statements = [f"COMMENT ON {kind} {name} IS {literal(table.comment)}"]
    if table.kind != "macro":
        columns = {column.name: column.comment for column in table.columns}
        statements += [
            f"COMMENT ON COLUMN {name}.{quoted(column)} IS {literal(words)}"
            for column, words in {**columns, **content.features}.items()
        ]
    store.execute(";\n".join(statements))

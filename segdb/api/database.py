"""Database: a file or the caller's connection, for as long as a call needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segdb.api.servers import brought, open_server
from segdb.config.engine_urls import is_server
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.run_database import RunDatabase
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import blaming_changes
from segdb.engines.publishing.run_archive import published_run
from segdb.engines.reader import Reader
from segdb.errors import SettingsError
from segdb.sql_text import quoted

if TYPE_CHECKING:
    from segdb.config.sections import Engine
    from segdb.config.settings import Settings

WAREHOUSE = "warehouse/warehouse.duckdb"
# A DuckDB file, a URL of PostgreSQL or Spark, or an open connection or session of theirs.
DatabaseLike = Any


@contextmanager
def database_at(
    database: DatabaseLike,
    *,
    read_only: bool = False,
    locked: bool = False,
    wait: float = 0,
    engine: Engine | None = None,
) -> Iterator[Database]:
    """Open a database for as long as the block, or take the caller's connection.

    Args:
        database: a file, a URL, or a connection, which stays open.
        read_only: nothing is written to it.
        locked: nothing in it may read or write another file.
        wait: seconds to go on trying while another process holds the file.
        engine: memory, threads and folder of the engine.
    """
    store: Database
    if is_server(database):
        # A transaction that reads alone could make no temporary view.
        store = open_server(str(database), read_only=read_only and locked)
        try:
            yield store
        finally:
            store.close()
        return
    if not isinstance(database, str | Path):
        store = brought(database)
        try:
            yield store
        finally:
            with suppress(Exception):
                store.forget_temporary()
        return
    path = Path(database)
    opened = (
        DuckDB.open(path, read_only=True, wait=wait, engine=engine)
        if read_only
        else RunDatabase.for_file(path, existing=True, wait=wait, engine=engine)
    )
    try:
        if locked:
            opened.lock()
        yield opened
    finally:
        opened.close()


@contextmanager
def published_at(
    database: DatabaseLike,
    schema: str,
    *,
    read_only: bool = False,
    locked: bool = False,
    wait: float = 0,
    engine: Engine | None = None,
) -> Iterator[Database]:
    """Yield the database of published tables, as ``database_at``; what fails is said in words."""
    opened = database_at(database, read_only=read_only, locked=locked, wait=wait, engine=engine)
    with opened as store, store.refusals(), blaming_changes(store, schema):
        yield store


@contextmanager
def reading(
    database: DatabaseLike, schema: str, wait: float = 0, *, sources: bool = False
) -> Iterator[Reader]:
    """Open a database for reading alone, and yield what answers questions on it.

    Args:
        database: a file or a URL.
        schema: where the published tables are.
        wait: seconds to go on trying while another process holds the file.
        sources: let ``segments_live`` read the sources that the last run recorded, whoever ran it.

    Raises:
        UserError: there are no segments, it is no single SELECT, or the database refuses it.
        SegdbError: the database cannot be opened.
    """
    store = opened(database, wait=wait)
    try:
        reader = store.reader(schema, locked=True, sources=sources)
        with blaming_changes(store, schema):
            yield reader
    finally:
        store.close()


@contextmanager
def noting_publish(store: Database, schema: str) -> Iterator[None]:
    """Add to whatever ends a block, as a note, that a run was published in it.

    What is stopped behind the commit, such as by Ctrl-C, has published all the same.
    """
    with store.attached():
        store.recover(schema)
        before = published_run(store, schema)
    try:
        yield
    except BaseException as error:
        # A connection that broke tells nothing; a publish that was not committed is rolled back.
        with suppress(Exception), store.attached():
            after = published_run(store, schema)
            if after is not None and after != before:
                place = "" if store.place is None else f" in {store.place}"
                error.add_note(f"Run {after} is published{place}")
        raise
    finally:
        with suppress(Exception):
            store.forget_temporary()


def opened(database: DatabaseLike, *, wait: float = 0) -> Database:
    """Open a database for reading alone, until it is closed.

    Raises:
        SettingsError: it is neither a file nor a URL; a caller's connection may write.
    """
    if is_server(database):
        return open_server(str(database), read_only=True)
    if not isinstance(database, str | Path):
        raise SettingsError(
            "What is opened for reading is a file or the URL of a server, and not a "
            f"{type(database).__name__}."
        )
    return DuckDB.open(Path(database), read_only=True, wait=wait)


def connected(
    database: DatabaseLike,
    engine: Engine | None = None,
    *,
    existing: bool = False,
    wait: float = 0,
) -> Database:
    """Open a database to publish to, or take the caller's connection."""
    if isinstance(database, str | Path) and not is_server(database):
        return RunDatabase.for_file(Path(database), existing=existing, wait=wait, engine=engine)
    store = open_server(str(database)) if is_server(database) else brought(database)
    if engine is not None:
        store.limit(engine)
    return store


def shown_settings(store: Database, schema: str) -> Settings:
    """Return settings for reading what is published: its schema, and how its report looks."""
    from segdb.config.settings import Settings
    from segdb.steps.lifecycle.load_run import shown_as

    place = f"{quoted(schema)}.runs"
    with store.attached():
        rows = store.rows(f"SELECT settings FROM {place} ORDER BY run_id DESC LIMIT 1")  # noqa: S608
    return Settings().changed(
        {"publish": {"schema": schema}, "report": shown_as(rows[0]["settings"])}
    )

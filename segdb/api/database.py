"""Database: a file or the caller's connection, for as long as a call needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from segdb.config.sections import Engine
from segdb.config.settings import Settings
from segdb.engines.duckdb.connect import lock_files
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.publishing.run_archive import published_run
from segdb.sql import quoted
from segdb.steps.lifecycle.load_run import shown_as

if TYPE_CHECKING:
    import duckdb

WAREHOUSE = "warehouse/warehouse.duckdb"


@contextmanager
def database_at(
    database: str | Path | duckdb.DuckDBPyConnection,
    *,
    read_only: bool = False,
    locked: bool = False,
    wait: float = 0,
    engine: Engine | None = None,
) -> Iterator[DuckDB]:
    """Open a database file for as long as the block, or take the caller's connection.

    Args:
        database: the file, or a connection, which stays open.
        read_only: nothing is written to it.
        locked: nothing in it may read or write another file.
        wait: seconds to go on trying while another process holds the file.
        engine: memory, threads and folder of the engine.
    """
    if not isinstance(database, str | Path):
        yield DuckDB(database)
        return
    path = Path(database)
    store = DuckDB.open(path, read_only=read_only, existing=True, wait=wait, engine=engine)
    try:
        if locked:
            lock_files(store.connection)
        yield store
    finally:
        store.close()


@contextmanager
def noting_publish(store: DuckDB, schema: str) -> Iterator[None]:
    """Add to whatever ends a block, as a note, that a run was published in it.

    What is stopped behind the commit, such as by Ctrl-C, has published all the same.
    """
    before = published_run(store, schema)
    try:
        yield
    except BaseException as error:
        # A connection that broke tells nothing; a publish that was not committed is rolled back.
        with suppress(Exception):
            after = published_run(store, schema)
            if after is not None and after != before:
                place = "" if store.path is None else f" in {store.path}"
                error.add_note(f"Run {after} is published{place}")
        raise


def connected(
    database: str | Path | duckdb.DuckDBPyConnection,
    engine: Engine | None = None,
    *,
    existing: bool = False,
    wait: float = 0,
) -> DuckDB:
    """Open a database file to publish to, or take the caller's connection."""
    if isinstance(database, str | Path):
        return DuckDB.open(Path(database), existing=existing, wait=wait, engine=engine)
    return DuckDB(database)


def shown_settings(store: DuckDB, schema: str) -> Settings:
    """Return settings for reading what is published: its schema, and how its report looks."""
    place = f"{quoted(schema)}.runs"
    rows = store.rows(f"SELECT settings FROM {place} ORDER BY run_id DESC LIMIT 1")  # noqa: S608
    return Settings().changed(
        {"publish": {"schema": schema}, "report": shown_as(rows[0]["settings"])}
    )

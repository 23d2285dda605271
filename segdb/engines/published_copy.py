"""Published copy: what is published, in a DuckDB file of its own, for as long as a reader wants it.

A reader of the copy keeps no publisher waiting, and goes on while the next run is published.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path

import duckdb
import pyarrow as pa

from segdb.contract import CUSTOMER_VALUE_LIVE, SEGMENTS_LIVE
from segdb.engines.duckdb.connect import check_place, connect, open_error
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.protocol import Database
from segdb.errors import EngineError, LockedError, SourceError
from segdb.sql_text import quoted

# They read the source, not what is published.
_LIVE = {SEGMENTS_LIVE.name, CUSTOMER_VALUE_LIVE.name}
_BATCH = 50_000
# Left free on the disk beside a copy.
_SPARE = 64 * 2**20
_PIECE = 8 * 2**20
# The files that were copied, by device and inode.
_opened: dict[tuple[int, int], int] = {}
_opening = threading.Lock()


def stamp_of(path: Path) -> tuple[tuple[int, int, int], ...]:
    """Return what changes whenever a database file or its write-ahead log does."""
    files = (path, _log_of(path))
    return tuple(
        (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        for stat in (file.stat() for file in files if file.exists())
    )


def copy_file(path: Path, target: Path, *, wait: float = 0) -> None:
    """Copy a database file while no process writes to it.

    Args:
        path: the file.
        target: where to.
        wait: seconds to go on trying while another process holds the file.

    Raises:
        LockedError: another process holds the file.
        SourceError: it is no database, is not there, or there is no room for its copy.
    """
    check_place(path, existing=True)
    connection = _connected(path, wait)
    try:
        needed = path.stat().st_size
        if shutil.disk_usage(target.parent).free < needed + _SPARE:
            raise _no_room(target, needed)
        if _log_of(path).exists():
            shutil.copyfile(_log_of(path), _log_of(target))
        _copy_bytes(path, target)
    except OSError as error:
        raise SourceError(f"The database {path} cannot be copied: {error.strerror}.") from None
    finally:
        connection.close()


def _connected(path: Path, wait: float) -> duckdb.DuckDBPyConnection:
    """Hold the file as a reader does; nothing is asked, so that no setting of it is touched."""
    until = time.monotonic() + wait
    while True:
        try:
            return connect(path, read_only=True)
        except duckdb.Error as error:
            trouble = open_error(path, error)
            if not isinstance(trouble, LockedError) or time.monotonic() >= until:
                raise trouble from None
            time.sleep(0.1)


def _copy_bytes(path: Path, target: Path) -> None:
    """Copy a file without closing it.

    A process that closes a file loses its locks on it (POSIX), those of another reader of this
    process among them: so each file is opened once, and stays open.
    """
    stat = path.stat()
    key = (stat.st_dev, stat.st_ino)
    with _opening, target.open("wb") as copy:
        if key not in _opened:
            _opened[key] = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        os.lseek(_opened[key], 0, os.SEEK_SET)
        while piece := os.read(_opened[key], _PIECE):
            copy.write(piece)


def copy_tables(store: Database, schema: str, target: Path) -> None:
    """Copy the published tables of a server into a new DuckDB file; views become tables.

    Args:
        store: the server.
        schema: where the tables are.
        target: the file.

    Raises:
        EngineError: a run was published meanwhile, so that the copy is of two.
    """
    before = last_run(store, schema)
    copy = DuckDB.open(target)
    try:
        copy.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        for name in sorted(set(store.kinds(schema)) - _LIVE):
            rows = store.batches(store.stored(schema, name), _BATCH)
            _write(copy, schema, name, rows)
    finally:
        copy.close()
    if last_run(store, schema) != before:
        raise EngineError("A run was published while the tables were read. Ask again.")


def _write(copy: DuckDB, schema: str, name: str, rows: pa.RecordBatchReader) -> None:
    copy.connection.register("segdb_copied", rows)
    try:
        copy.write_table(schema, name, "SELECT * FROM segdb_copied")
    finally:
        copy.connection.unregister("segdb_copied")


def last_run(store: Database, schema: str) -> int | None:
    """Return the number of the last run that is published."""
    runs = store.stored(schema, "runs")
    last: int | None = store.rows(runs.aggregate(last=runs.run_id.max()))[0]["last"]
    return last


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _no_room(target: Path, needed: int) -> SourceError:
    return SourceError(
        f"The page reads a copy of the database, and {target.parent} has no room for its "
        f"{needed / 2**20:,.0f} MB. Make room there, or name another folder: "
        "[engine] temp_directory in segdb.toml."
    )

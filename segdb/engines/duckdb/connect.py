"""Connect: a database file, and in words why it could not be opened."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb

from segdb.errors import EngineError, LockedError, SegdbError, SourceError, command, option
from segdb.sql_text import literal

T = TypeVar("T")

# What an older DuckDB can still read; without it, 2.0 writes files that 1.5 refuses.
STORAGE = "v1.5.0"
_OF_FILES = (
    duckdb.IOException,
    duckdb.SerializationException,
    duckdb.InternalException,
    duckdb.FatalException,
)
# What a file of the database alone is said to be, by errors of any kind.
_CORRUPT = re.compile(r"corrupt database|stored checksum|has been invalidated", re.IGNORECASE)
_DAMAGE = re.compile(r"read|checksum|corrupt|deserial|metadata|block|invalidated", re.IGNORECASE)
# What DuckDB takes for a database in memory or of another engine, and not for a file.
_NO_FILE = re.compile(r":memory:.*|[A-Za-z][A-Za-z0-9_+]+:.*", re.DOTALL)


class OpenHereError(SourceError):
    """This process has the file open already, in another way."""


def check_place(path: Path, *, existing: bool, writable: bool = False) -> None:
    """Make the folder of a database file, unless the file has to be there already.

    Args:
        path: the file.
        existing: it has to be there.
        writable: one that is there has to be one that may be written.

    Raises:
        SourceError: it is no name of a file, or that of a folder; the file has to be there and is
            not, may not be written, or its folder cannot be made.
    """
    if _NO_FILE.fullmatch(str(path)):
        raise SourceError(
            f"{path} is no database file. Name a file with {option('database', 'FILE')}."
        )
    try:
        if path.is_dir():
            raise SourceError(f"{path} is a folder; the database must be a file in it.")
        if writable and path.exists() and not os.access(path, os.W_OK):
            raise _not_permitted(path)
        if existing:
            if not path.exists():
                raise SourceError(f"There is no database at {path}. {command('run')} makes one.")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(f"The folder {path.parent} cannot be used: {error.strerror}.") from None


def connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Connect to a database file, making one that older releases can read where there is none.

    Raises:
        SourceError: the file holds data, such as a CSV, which DuckDB opens as a database in memory.
    """
    if not read_only and not path.exists():
        # By ATTACH and not by the connection's configuration: a second connection of this
        # process would have to have the same one.
        with duckdb.connect() as maker:
            version = f"(STORAGE_VERSION {literal(STORAGE)})"
            maker.execute(f"ATTACH {literal(str(path))} AS made {version}").fetchall()
    connection = duckdb.connect(str(path), read_only=read_only)
    files = connection.execute(
        "SELECT path FROM duckdb_databases() WHERE database_name = current_database()"
    ).fetchall()
    if files == [(None,)]:
        connection.close()
        raise _other_file(path)
    return connection


def patiently(path: Path, wait: float, attempt: Callable[[], T]) -> T:
    """Return what an attempt to open a file gives, made again while another process holds it.

    Args:
        path: the file.
        wait: seconds to go on trying.
        attempt: opens it, or raises what the driver says.

    Raises:
        LockedError: another process held it all the time.
        SourceError: it cannot be opened at all.
    """
    until = time.monotonic() + wait
    while True:
        try:
            return attempt()
        except duckdb.Error as error:
            trouble = open_error(path, error)
            if not isinstance(trouble, LockedError) or time.monotonic() >= until:
                raise trouble from None
        time.sleep(min(0.05, wait))


def _other_file(path: Path) -> SourceError:
    return SourceError(
        f"{path} is not a DuckDB database. Name another file with {option('database', 'FILE')}, or "
        "in [publish] database."
    )


def open_error(path: Path, error: duckdb.Error) -> SegdbError:
    """Return in words for the user why a database file could not be opened."""
    # The path may hold any word.
    text = str(error).replace(str(path.resolve()), "the file").replace(str(path), "the file")
    if re.search(
        r"could not set lock|conflicting lock|used by another process", text, re.IGNORECASE
    ):
        holder = re.search(r"PID (\d+)", text)
        return locked_by(path, holder[1] if holder else None)
    if "not a valid DuckDB database" in text or "Cannot launch in-memory database" in text:
        return _other_file(path)
    if "different configuration" in text or "already attached by" in text:
        return OpenHereError(
            f"The database {path} is open in this process already, in another way. Close it "
            "first: what segdb.run returns has close()."
        )
    if "permission denied" in text.lower():
        return _not_permitted(path)
    if isinstance(error, duckdb.OutOfMemoryException):
        return SourceError(
            f"The database {path} cannot be opened within [engine] memory_limit: "
            f"{text.splitlines()[0].rstrip('. ')}. Raise it, or leave it out."
        )
    if "read-only file system" in text.lower() or "no space left" in text.lower():
        return SourceError(
            f"The database {path} cannot be written: {text.splitlines()[0].rsplit(': ', 1)[-1]}. "
            f"Make room there, or name a file in another place with {option('database', 'FILE')}."
        )
    return SourceError(
        f"The database {path} cannot be opened: {text.splitlines()[0].rstrip('. ')}. Where it is "
        "damaged, put "
        f"back a copy of it, or name a new file with {option('database', 'FILE')} and run again."
    )


def locked_by(path: Path, process: str | None) -> LockedError:
    """Return in words for the user that another process has a file, by its number where known."""
    who = f" (process {process})" if process else ""
    return LockedError(
        f"The database {path} is held by another process{who}. Close it there, or try again "
        f"with {option('wait', 'SECONDS')}."
    )


def _not_permitted(path: Path) -> SourceError:
    return SourceError(
        f"The database {path} cannot be written: permission denied. Make it writable, or name "
        f"another file with {option('database', 'FILE')}."
    )


def refused(path: Path | None, error: duckdb.Error) -> SegdbError:
    """Return in words for the user why a statement was refused: a file may be damaged farther in.

    Args:
        path: the database file; None of a connection that the caller brought.
        error: what the driver raised.
    """
    first = str(error).strip().splitlines()[0]
    if (damaged := damage(path, error)) is not None:
        return damaged
    more = isinstance(error, duckdb.OutOfMemoryException)
    advice = " Set [engine] memory_limit, or a roomier temp_directory." if more else ""
    return EngineError(f"The database refused a statement: {first}.{advice}")


def damage(path: Path | None, error: duckdb.Error) -> SourceError | None:
    """Return in words for the user that a file is damaged; None where the error is another.

    Args:
        path: the database file; None of a connection that the caller brought.
        error: what the driver raised.
    """
    first = str(error).strip().splitlines()[0]
    other = re.search(r'from file "([^"]+)"', first)
    if other and (path is None or Path(other[1]).name != path.name):
        return SourceError(f"{other[1]} is damaged or still being written: {first[:200]}")
    damaged = isinstance(error, _OF_FILES) and _DAMAGE.search(first)
    if path is None or not (damaged or _CORRUPT.search(first)):
        return None
    return SourceError(
        f"The database {path} is damaged, and nothing was changed: {first[:200].rstrip('. ')}. Put "
        f"back a copy of it, or name a new file with {option('database', 'FILE')} and run again."
    )


def refuse_shadows(path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse a database whose own macros have the names of functions that DuckDB has.

    They would run in the place of those in whatever segdb asks.

    Raises:
        SourceError: there is one.
    """
    macros = connection.execute(
        "SELECT function_name, min(schema_name) FILTER (NOT internal) "
        "FROM system.main.duckdb_functions() GROUP BY function_name "
        "HAVING bool_or(internal) AND bool_or(NOT internal) ORDER BY ALL"
    ).fetchall()
    if macros:
        name, schema = macros[0]
        raise SourceError(
            f"The database {path} has a macro {schema}.{name}, which would run in the place of "
            f"DuckDB's own {name}. Drop or rename it, or name another database."
        )


def lock_files(connection: duckdb.DuckDBPyConnection) -> None:
    """Let no statement read or write a file but the database's own.

    A view or macro of a database that came from someone else may name any file.
    """
    connection.execute("SET enable_external_access = false").fetchall()

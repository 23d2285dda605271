"""Run database: where a run works beside the file that it publishes to, so that others can read it.

DuckDB lets no other process open a file, not even to read it, while one has it open for writing. So
a run works in a database of its own, in memory and spilling to disk. The file is attached to it
read-only while something of it is read, and for writing only while something is published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import duckdb
import pyarrow as pa

from segdb.engines.duckdb.connect import (
    STORAGE,
    OpenHereError,
    check_place,
    lock_files,
    open_error,
    patiently,
    refuse_shadows,
)
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.turn import Turn
from segdb.engines.reader import Reader
from segdb.errors import SegdbError
from segdb.sql_text import literal, quoted

if TYPE_CHECKING:
    from segdb.config.sections import Engine

# A name that no file has.
_SCRATCH = "segdb scratch"
# Seconds that a finished run waits at least for those who read: they come and go, and its work
# would be lost.
PATIENCE = 10.0
_Access = Literal["read", "write"]


class RunDatabase(DuckDB):
    """A database in memory, and the file to publish to."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, turn: Turn) -> None:
        super().__init__(connection, path)
        self._turn = turn
        self._access: _Access | None = None
        self._wait = PATIENCE

    @classmethod
    def for_file(
        cls, path: Path, *, existing: bool = False, wait: float = 0, engine: Engine | None = None
    ) -> DuckDB:
        """Open a database to work in beside a file; the file is made when a run is published.

        Where this process has the file open already, it is worked in itself, as by
        ``DuckDB.open``.

        Args:
            path: the file.
            existing: it must exist, since what is wanted of it was published before.
            wait: seconds to go on trying while another process has it open, or publishes to it.
            engine: the memory, threads and folder that may be used.

        Raises:
            LockedError: another process holds the file, or is at work for it.
            SourceError: the file is no database, is not there, or cannot be made or written.
        """
        check_place(path, existing=existing, writable=True)
        turn = Turn(path, wait)
        store = cls(duckdb.connect(), path, turn)
        try:
            store._prepare()
            if engine is not None:
                store.limit(engine)
            store._wait = wait
            try:
                with store.attached():
                    if store._access:
                        refuse_shadows(path, store.connection)
            except OpenHereError:
                store.close()
                return DuckDB.open(path, existing=existing, wait=wait, engine=engine)
            store._wait = max(wait, PATIENCE)
        except (duckdb.Error, SegdbError) as error:
            store.close()
            raise open_error(path, error) if isinstance(error, duckdb.Error) else error from None
        return store

    def _prepare(self) -> None:
        # The name "memory" is one that a file may have.
        self.execute(f"ATTACH ':memory:' AS {quoted(_SCRATCH)}")
        self._leave()
        self.execute("DETACH memory")
        self._secure()
        # As DuckDB has it of a file that it opens.
        self.execute(f"SET temp_directory = {literal(f'{self.path}.tmp')}")

    @contextmanager
    def attached(self, *, write: bool = False) -> Iterator[None]:
        """Let a block read what the file holds, or write it; blocks may stand in each other.

        Raises:
            LockedError: another process holds the file.
        """
        before, wanted = self._access, "write" if write else "read"
        if before == "write" or before == wanted:
            yield
            return
        self._detach()
        self._attach("write" if write else "read")
        try:
            yield
        finally:
            self._detach()
            if before is not None:
                self._attach(before)

    def transaction(self, schema: str) -> AbstractContextManager[None]:
        """Run a block as one transaction in the file, which is open for writing."""
        if self._access != "write":
            raise SegdbError("A transaction began with the database file not open for writing.")
        return super().transaction(schema)

    def reader(self, *_: object, **__: object) -> Reader:
        """Return what reads the published tables, the file open as long as a question takes."""
        return Reader(self._answer, self._answer)

    def _answer(self, sql: str, values: Mapping[str, object] | None = None) -> pa.Table:
        with self.attached():
            return self.fetch(sql, values)

    def databases(self) -> set[str]:
        """Return the names that a schema must not have: of the file, there or not."""
        name = self.path.name.split(".")[0].lower() if self.path else ""
        return (super().databases() - {_SCRATCH}) | {name}

    def lock(self) -> None:
        """Let no query read or write a file but the database's own."""
        names = [f"{self.path}{end}" for end in ("", ".wal", ".wal.checkpoint", ".wal.recovery")]
        self.execute(f"SET allowed_paths = [{', '.join(map(literal, names))}]")
        lock_files(self.connection)

    def forget_temporary(self) -> None:
        """Let the next one publish; what was made on the way goes with the connection."""
        self._turn.release()

    def close(self) -> None:
        """Close the connection, and let the next one publish."""
        self.connection.close()
        self._turn.release()

    def _attach(self, access: _Access) -> None:
        """Attach the file; to read one that is not there leaves nothing attached."""
        assert self.path is not None  # noqa: S101 - it is given to the constructor
        there = self.path.exists()
        if access == "read" and not there:
            return
        options = "READ_ONLY" if access == "read" else f"STORAGE_VERSION {literal(STORAGE)}"
        if access == "write" and there:
            options = ""
        self._made = not there
        sql = f"ATTACH {literal(str(self.path))}{f' ({options})' if options else ''}"
        patiently(self.path, self._wait, lambda: self.execute(sql))
        self._access = access
        self.execute(f"USE {quoted(self._name())}")

    def _detach(self) -> None:
        if self._access is None:
            return
        name, empty = self._name(), self._access == "write" and self._made and not self.tables()
        self._access = None
        self._leave()
        # What was committed is in the log, where it cannot be written into the file itself.
        with suppress(duckdb.Error):
            self.execute(f"DETACH {quoted(name)}")
        if empty and self.path is not None:
            self.path.unlink(missing_ok=True)

    def _leave(self) -> None:
        self.execute(f"USE {quoted(_SCRATCH)}")

    def _name(self) -> str:
        rows = self.connection.execute(
            "SELECT database_name FROM duckdb_databases() WHERE NOT internal "  # noqa: S608
            f"AND database_name <> {literal(_SCRATCH)}"
        ).fetchall()
        return str(rows[0][0])

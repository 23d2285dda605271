"""Snapshots: the last published run for many readers at once, none of whom a publisher waits for.

Readers ask a copy of what is published, made anew once something else was published. While a run
writes the database, whose file no other process can then open, the copy before answers on: each
answer is of one run. A link to the copy is opened for each reader, so that each has an engine of
its own, locked as ``segdb query`` is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segdb.api.reading import last_result
from segdb.api.servers import open_server
from segdb.api.snapshot import Copy, Snapshot
from segdb.config.engine_urls import is_server
from segdb.config.sections import Engine
from segdb.engines.copy_folder import CopyFolder
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.published_copy import copy_file, copy_tables, last_run, stamp_of
from segdb.errors import BusyError, LockedError, NotPublishedError, SegdbError, command

# Seconds within which a file is not looked at again, and a server's last run is not.
_LOOK_AGAIN = {False: 0.3, True: 5.0}


class Snapshots:
    """Lends snapshots of the last published run to readers.

    Args:
        database: a DuckDB file, or the URL of a server.
        schema: where in it the published tables are.
        engine: memory, threads and folder of each reader.
        readers: how many there may be at a time.
        seconds: what a reader may take.
        wait: seconds to wait for a turn, or for the database at the first reading.
    """

    def __init__(
        self,
        database: str | Path,
        *,
        schema: str = "segdb",
        engine: Engine | None = None,
        readers: int = 4,
        seconds: float = 10.0,
        wait: float = 3.0,
    ) -> None:
        self._database, self._schema = database, schema
        self._engine = engine or Engine(memory_limit="1GB", threads=2)
        self._seconds, self._wait = seconds, wait
        self._turns = threading.BoundedSemaphore(readers)
        self._lock, self._copying = threading.Lock(), threading.Lock()
        self._current: Copy | None = None
        self._looked = 0.0

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """Lend a snapshot of the last run for a block.

        Raises:
            NotPublishedError: there is no database yet, or no run in it.
            LockedError: another process holds the database, and there is no earlier snapshot; or,
                as BusyError, as many read already as may.
            SegdbError: it cannot be opened.
        """
        if not self._turns.acquire(timeout=self._wait):
            raise BusyError("Too many questions are being answered at once. Ask again.")
        try:
            copy, snapshot = self._borrowed()
            timer, sound = snapshot.start(), False
            try:
                yield snapshot
                sound = True
            except SegdbError:
                sound = True
                raise
            finally:
                timer.cancel()
                self._give_back(copy, snapshot, sound=sound)
        finally:
            self._turns.release()

    def close(self) -> None:
        """Close what is open, and remove the copy."""
        with self._lock:
            copy, self._current = self._current, None
            if copy is not None:
                self._retire(copy)

    def _borrowed(self) -> tuple[Copy, Snapshot]:
        self._look()
        with self._lock:
            copy = self._current
            if copy is None:
                raise LockedError("The database is being opened. Ask again.")
            copy.readers += 1
            if copy.idle:
                return copy, copy.idle.pop()
        try:
            return copy, self._opened(copy)
        except BaseException:
            self._leave(copy)
            raise

    def _give_back(self, copy: Copy, snapshot: Snapshot, *, sound: bool) -> None:
        with self._lock:
            keep = sound and not copy.retired
            if keep:
                copy.idle.append(snapshot)
        if not keep:
            snapshot.result.close()
        self._leave(copy)

    def _leave(self, copy: Copy) -> None:
        with self._lock:
            copy.readers -= 1
            if copy.retired and copy.readers == 0:
                copy.clear()

    def _retire(self, copy: Copy) -> None:
        copy.retired = True
        if copy.readers == 0:
            copy.clear()

    def _look(self) -> None:
        """Make a copy anew where something was published; keep the one before where that fails."""
        present = self._current
        again = _LOOK_AGAIN[is_server(self._database)]
        if present is not None and time.monotonic() - self._looked < again:
            return
        # One reader copies; those who have a snapshot already do not wait for it.
        if not self._copying.acquire(timeout=self._wait if present is None else 0):
            return
        try:
            present = self._current
            stamp = self._stamp()
            if present is None or stamp != present.stamp:
                self._replace(stamp)
        except SegdbError:
            # Locked by a run, or gone for a moment: what was published before is still so.
            if self._current is None:
                raise
        finally:
            self._looked = time.monotonic()
            self._copying.release()

    def _replace(self, stamp: object) -> None:
        fresh = Copy(CopyFolder.make(self._engine.temp_directory), stamp)
        try:
            self._fill(fresh.path)
            fresh.idle.append(self._opened(fresh))
        except BaseException:
            fresh.clear()
            raise
        with self._lock:
            before, self._current = self._current, fresh
            if before is not None:
                self._retire(before)

    def _fill(self, path: Path) -> None:
        if is_server(self._database):
            store = open_server(str(self._database), read_only=True)
            try:
                self._require(store.holds(self._schema, "runs"))
                copy_tables(store, self._schema, path)
            finally:
                store.close()
            return
        # What is published already is answered at once, and not when a run is done.
        wait = self._wait if self._current is None else 0.0
        copy_file(Path(self._database), path, wait=wait)

    def _opened(self, copy: Copy) -> Snapshot:
        store = DuckDB.open(copy.link(), read_only=True, engine=self._engine)
        try:
            self._require(store.holds(self._schema, "runs"))
            reader = store.reader(self._schema, locked=True)
            result = last_result(store, reader, self._schema)
        except BaseException:
            store.close()
            raise
        return Snapshot(result, reader, copy.known, self._seconds, store, copy)

    def _require(self, published: bool) -> None:
        if not published:
            raise NotPublishedError(
                f"{self._database} holds no segments in the schema '{self._schema}' yet. "
                f"{command('run')} publishes them."
            )

    def _stamp(self) -> object:
        if is_server(self._database):
            store = open_server(str(self._database), read_only=True)
            try:
                self._require(store.holds(self._schema, "runs"))
                return last_run(store, self._schema)
            finally:
                store.close()
        path = Path(self._database)
        if not path.exists():
            raise NotPublishedError(
                f"There is no database at {path} yet. {command('run')} makes one."
            )
        return stamp_of(path)

"""Snapshot: a published run, read in a copy that no publisher waits for."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

from segdb.api.reading import diff
from segdb.api.result import Result
from segdb.engines.copy_folder import CopyFolder
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.prepared_lists import PreparedLists
from segdb.engines.reader import Reader
from segdb.errors import SegdbError, UserError, command
from segdb.exports.macro import assign_rows
from segdb.steps.lifecycle.diff_runs import Difference


@dataclass
class Snapshot:
    """A published run, for one reader at a time.

    Attributes:
        result: the run.
        reader: of its tables.
        known: what readers of this copy have worked out, by name; shared by all of them.
        seconds: what one reader may take.
    """

    result: Result
    reader: Reader
    known: dict[Any, Any]
    seconds: float
    _store: DuckDB
    _copy: Copy
    _until: float = 0.0
    _assign: PreparedLists | None = None

    @property
    def folder(self) -> Path:
        """Where the copy is."""
        return self._copy.folder.path

    def select(
        self, sql: str, values: Mapping[str, object] | None = None, rows: int | None = None
    ) -> pa.Table:
        """Run one SELECT, and return its rows, or so many of them.

        Raises:
            UserError: it is none, the database refuses it, or the time is over.
        """
        with self._in_time():
            return self.reader.select(sql, values, rows)

    def assign(self, rows: Sequence[Mapping[str, float | None]]) -> list[dict[str, Any]]:
        """Return the segment of each row of features, in their order, by the model's own SQL.

        Args:
            rows: features of the matrix by name, natural units; what is left out is filled.

        Returns:
            ``segment_id``, ``segment``, ``distance`` and ``margin`` of each.
        """
        matrix = self.result.model.matrix
        with self._in_time(), self._store.refusals():
            if self._assign is None:
                types = {"row": "BIGINT", **{f"f{i}": "DOUBLE" for i in range(len(matrix))}}
                sql = assign_rows(self.result.model)
                self._assign = PreparedLists(self._store.connection, "segdb_assign", sql, types)
            lists: dict[str, list[float | None]] = {"row": list(range(len(rows)))}
            for place, p in enumerate(matrix):
                lists[f"f{place}"] = [row.get(p.feature) for row in rows]
            assigned = self._assign(lists)
        ordered = sorted(assigned, key=lambda row: row["customer_id"])
        return [{k: v for k, v in row.items() if k != "customer_id"} for row in ordered]

    def diff(self, before: int, after: int) -> Difference:
        """Return what moved from one run to another.

        Raises:
            UserError: there is no such run.
        """
        schema = self.result.settings.publish.schema_
        return diff(before, after, database=self._copy.link(), schema=schema)

    def start(self) -> threading.Timer:
        """Let the time of a reader run; what it asks then is stopped at its end."""
        self._until = time.monotonic() + self.seconds
        timer = threading.Timer(self.seconds, self._stop)
        timer.daemon = True
        timer.start()
        return timer

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Say of what fails once the time is over that it was stopped."""
        if time.monotonic() > self._until:
            raise self._over()
        try:
            yield
        except SegdbError:
            if time.monotonic() > self._until:
                raise self._over() from None
            raise

    def _stop(self) -> None:
        self._store.connection.interrupt()

    def _over(self) -> UserError:
        return UserError(
            f"The question was stopped after {self.seconds:g} seconds. Ask for less, or ask on the "
            f"command line, which waits: {command('query')}."
        )


@dataclass
class Copy:
    """A copy of what is published, in a folder of its own."""

    folder: CopyFolder
    stamp: object
    known: dict[Any, Any] = field(default_factory=dict)
    idle: list[Snapshot] = field(default_factory=list)
    readers: int = 0
    retired: bool = False
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder.path / "published.duckdb"

    def link(self) -> Path:
        """Return another name of the file, and of its log: an engine opens a name once."""
        name = self.folder.path / f"reader-{next(self._numbers)}.duckdb"
        for suffix in ("", ".wal"):
            source = self.path.with_name(self.path.name + suffix)
            if source.exists():
                _link(source, name.with_name(name.name + suffix))
        return name

    def clear(self) -> None:
        """Close what nobody reads, and remove the folder."""
        for snapshot in self.idle:
            snapshot.result.close()
        self.idle.clear()
        self.folder.clear()


def _link(source: Path, name: Path) -> None:
    # A file system without hard links has room for a few copies.
    with suppress(OSError):
        os.link(source, name)
        return
    shutil.copyfile(source, name)

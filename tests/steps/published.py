"""Databases that runs have been published to, each made once a session and copied from then on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

import segdb

Settings = Mapping[str, Any]


class Publications:
    """Files of databases by what was done to them, in a folder of the session.

    A chain of runs shares the files of its beginnings: run 1 is made once for all chains that
    begin with it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def copy(
        self,
        path: Path,
        source: Callable[[Path], None],
        given: Mapping[str, Any],
        *runs: Settings,
    ) -> Path:
        """Write a database with the tables of a source, and these runs of them, to ``path``.

        Args:
            path: the file to write.
            source: writes a new database with the tables to a file.
            given: the arguments of the runs that name the tables.
            runs: the settings of each run.
        """
        return Path(shutil.copy(self._made(source, given, runs), path))

    @contextmanager
    def opened(
        self,
        path: Path,
        source: Callable[[Path], None],
        given: Mapping[str, Any],
        *runs: Settings,
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open what ``copy`` writes."""
        with duckdb.connect(str(self.copy(path, source, given, *runs))) as connection:
            yield connection

    def _made(
        self, source: Callable[[Path], None], given: Mapping[str, Any], runs: tuple[Settings, ...]
    ) -> Path:
        named = f"{source.__module__}.{source.__qualname__}"
        key = json.dumps([named, given, runs], sort_keys=True, default=str)
        path = self._folder / f"{sha256(key.encode()).hexdigest()[:24]}.duckdb"
        if path.exists():
            return path
        beginning = path.with_suffix(".new")
        if runs:
            shutil.copy(self._made(source, given, runs[:-1]), beginning)
            with duckdb.connect(str(beginning)) as connection:
                segdb.run(**given, database=connection, settings=runs[-1])
        else:
            source(beginning)
        return beginning.rename(path)

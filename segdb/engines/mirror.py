"""Mirror: published tables of another engine, copied where segdb's own SQL can read them.

Named queries, charts and the report are written once, in DuckDB's SQL. For another engine they read
a copy of the tables that they name, in a temporary file: the memory of Python does not grow with
the customers.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import sqlglot
from sqlglot import exp

from segdb.engines.duckdb.database import DuckDB
from segdb.engines.protocol import Database
from segdb.sql_text import quoted

# Rows that are on their way at a time.
_BATCH = 50_000


class Mirror:
    """A DuckDB file with the tables of a schema, each filled when it is first asked for."""

    def __init__(self, store: Database, schema: str) -> None:
        self._store, self._schema = store, schema
        self._missing: set[str] | None = None
        self._copy: DuckDB | None = None

    def __call__(self, sql: str, values: Mapping[str, object] | None = None) -> pa.Table:
        """Run one SELECT, with values for its ``$name`` parameters."""
        copy = self._opened()
        for table in sqlglot.parse_one(sql, read="duckdb").find_all(exp.Table):
            if table.name.lower() in (self._missing or ()):
                self._fill(copy, table.name.lower())
        return copy.fetch(sql, values)

    def _opened(self) -> DuckDB:
        """Return the copy: a table without rows for each that is published."""
        if self._copy is not None:
            return self._copy
        folder = tempfile.mkdtemp(prefix="segdb-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._copy = copy = DuckDB.open(Path(folder) / "published.duckdb")
        weakref.finalize(self, copy.connection.close)
        copy.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(self._schema)}")
        copy.execute(f"USE {quoted(self._schema)}")
        self._missing = set(self._store.kinds(self._schema))
        for name in self._missing:
            columns = self._store.stored(self._schema, name).schema().items()
            fields = [
                pa.field(n, pa.string() if k.is_unknown() else k.to_pyarrow()) for n, k in columns
            ]
            self._write(copy, name, pa.schema(fields).empty_table().to_reader())
        return copy

    def _fill(self, copy: DuckDB, name: str) -> None:
        table = self._store.stored(self._schema, name)
        self._write(copy, name, self._store.batches(table, _BATCH))
        self._missing = (self._missing or set()) - {name}

    def _write(self, copy: DuckDB, name: str, rows: pa.RecordBatchReader) -> None:
        copy.connection.register("segdb_copied", rows)
        try:
            copy.write_table(self._schema, name, "SELECT * FROM segdb_copied")
        finally:
            copy.connection.unregister("segdb_copied")

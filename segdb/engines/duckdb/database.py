"""DuckDB: where expressions become views and tables, and where segments are published.

Everything intermediate is TEMP, so that a run that fails leaves nothing behind, and spills to
disk when memory runs out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import pyarrow as pa

from segdb.engines.duckdb.catalog import Catalog
from segdb.engines.duckdb.connect import (
    check_place,
    connect,
    lock_files,
    open_error,
    patiently,
    refuse_shadows,
    refused,
)
from segdb.engines.duckdb.functions import unstable
from segdb.engines.duckdb.readonly_query import secured
from segdb.engines.duckdb.transaction import transaction
from segdb.engines.reader import Reader
from segdb.errors import SegdbError
from segdb.formats.memory import MATRIX_MEMORY, bytes_of
from segdb.lazy import lazy
from segdb.sql_text import literal, quoted

# A query of the published tables compiles nothing and reads no source.
if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

    from segdb.config.sections import Engine
    from segdb.config.source_section import Source
    from segdb.engines.duckdb.read.readers import read
    from segdb.engines.raw_source import Raw
    from segdb.sql import to_sql
else:
    ibis = lazy("ibis")
    read = lazy("segdb.engines.duckdb.read.readers", "read")
    to_sql = lazy("segdb.sql", "to_sql")


class DuckDB(Catalog):
    """A connection to one DuckDB database.

    Attributes:
        connection: the driver's own connection.
        path: the database file, or None where the caller brought a connection.
        made: whether the file was not there before it was opened.
    """

    dialect = "duckdb"
    macros = True
    once = ""
    matrix_bytes = bytes_of(MATRIX_MEMORY)

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, path: Path | None = None, *, made: bool = False
    ) -> None:
        self.connection = connection
        self.path = path
        self.made = made

    @property
    def place(self) -> str | None:
        """The database file; None of a connection that the caller brought."""
        return None if self.path is None else str(self.path)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        read_only: bool = False,
        existing: bool = False,
        wait: float = 0,
        engine: Engine | None = None,
    ) -> DuckDB:
        """Open a database file, creating it and its folder unless it must be there.

        Args:
            path: the file.
            read_only: open for reading alone; the file must exist.
            existing: the file must exist, since what is wanted of it was published before.
            wait: seconds to go on trying while another process holds the file.
            engine: the memory, threads and folder that it may use.

        Raises:
            LockedError: another process holds the file.
            SourceError: the file is no database, is not there, or cannot be made.
        """
        check_place(path, existing=existing or read_only)
        made = not path.exists()
        connection = patiently(path, wait, lambda: connect(path, read_only=read_only))
        store = cls(connection, path, made=made)
        try:
            store._secure()
            if engine is not None:
                store.limit(engine)
            if not made:
                refuse_shadows(path, store.connection)
        except (duckdb.Error, SegdbError) as error:
            store.connection.close()
            raise open_error(path, error) if isinstance(error, duckdb.Error) else error from None
        return store

    @classmethod
    def memory(cls) -> DuckDB:
        """Open a database in memory, for looking at sources without publishing."""
        store = cls(duckdb.connect(), Path(":memory:"))
        store._secure()
        return store

    def _secure(self) -> None:
        # Nothing is downloaded behind the user's back, every zone is read the same way, and a
        # name in SQL never means a Python variable. In `python -c` and in notebooks DuckDB would
        # draw a progress bar over what the caller prints.
        for setting in ("autoinstall_known_extensions", "python_enable_replacements"):
            self.execute(f"SET {setting} = false")
        self.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")

    def limit(self, engine: Engine) -> None:
        """Set what the engine may use, where segdb opened it; what is left out stays."""
        self.matrix_bytes = engine.matrix_bytes
        if self.path is None:
            return
        chosen = engine.model_dump(exclude_none=True, exclude={"url", "matrix_memory"})
        for setting, value in chosen.items():
            self.execute(f"SET {setting} = {value if isinstance(value, int) else literal(value)}")

    def attached(self, *, write: bool = False) -> AbstractContextManager[None]:  # noqa: ARG002
        """Do nothing: it is open. A file in which only a run works is a ``RunDatabase``."""
        return nullcontext()

    def lock(self) -> None:
        """Let no query read or write a file."""
        lock_files(self.connection)

    def close(self) -> None:
        """Close the connection, if this store opened it; a file that it made in vain goes."""
        if self.path is None:
            return
        in_vain = False
        with suppress(duckdb.Error):  # a connection that broke can still be closed
            in_vain = self.made and not self.tables()
        self.made = False
        self.connection.close()
        if in_vain:
            self.path.unlink(missing_ok=True)

    def compile(self, query: ir.Table, *, pretty: bool = False) -> str:
        """Return an expression as one SELECT."""
        return to_sql(query, pretty=pretty)

    def execute(self, sql: str) -> None:
        """Run statements and drain their result; an undrained one blocks the next (DuckDB 2.0)."""
        self.connection.execute(sql).fetchall()

    def fetch(self, query: ir.Table | str, values: Mapping[str, object] | None = None) -> pa.Table:
        """Run a query, with values for its ``$name`` parameters, and return its rows."""
        sql = query if isinstance(query, str) else self.compile(query)
        return self.connection.sql(sql, params=dict(values) if values else None).to_arrow_table()

    def batches(self, query: ir.Table, rows: int) -> pa.RecordBatchReader:
        """Run a query whose rows do not all have to fit into memory, so many at a time."""
        return self.connection.sql(self.compile(query)).to_arrow_reader(rows)

    def rows(self, query: ir.Table | str) -> list[dict[str, Any]]:
        """Run a query of few rows and return them as mappings."""
        return list(self.fetch(query).to_pylist())

    def view(self, name: str, query: ir.Table | str) -> ir.Table:
        """Make a temporary view and return it as an unbound table."""
        return self._make("VIEW", name, query)

    def table(self, name: str, query: ir.Table | str) -> ir.Table:
        """Make a temporary table and return it as an unbound table."""
        return self._make("TABLE", name, query)

    def fitting(self, name: str, query: ir.Table) -> ir.Table | None:
        """Make a temporary table, unless the engine's memory does not hold what goes into it."""
        try:
            return self.table(name, query)
        except duckdb.OutOfMemoryException:
            return None

    def _make(self, kind: str, name: str, query: ir.Table | str) -> ir.Table:
        sql = query if isinstance(query, str) else self.compile(query)
        name = self.scratch_name(name)
        self.execute(f"CREATE OR REPLACE TEMP {kind} {quoted(name)} AS {sql}")
        if isinstance(query, str):
            return self.unbound(quoted(name), name)
        return ibis.table(query.schema(), name=name)

    def rows_table(self, name: str, rows: pa.Table) -> ir.Table:
        """Make a temporary table of rows that are in Python."""
        self.connection.register("segdb_given", rows)
        try:
            return self.table(name, "SELECT * FROM segdb_given")
        finally:
            self.connection.unregister("segdb_given")

    def read(
        self,
        name: Literal["orders", "customers"],
        source: object,
        settings: Source,
        expected: str | None = None,
    ) -> Raw:
        """Make a source a temporary relation; see ``segdb.engines.duckdb.read.readers.read``."""
        return read(self, name, source, settings, expected)

    def inspecting(self, table: ir.Table) -> Callable[[ir.Table], pa.Table]:  # noqa: ARG002
        """Return what runs the small queries by which the columns of a source are inferred."""
        return self.fetch

    def reader(self, schema: str, *, locked: bool = False, sources: bool = False) -> Reader:
        """Return what reads the published tables; see ``segdb.engines.duckdb.readonly_query``."""
        ask = secured(self, schema, sources=sources) if locked else self.fetch
        return Reader(ask, ask)

    def unstable(self, sql: str, columns: Collection[str]) -> str | None:
        """Return what in an expression over these columns depends on more than the row."""
        return unstable(self.connection, sql, columns)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn what the driver raises in a block into one paragraph.

        Raises:
            EngineError: the database refused a statement.
            SourceError: its file is damaged.
        """
        try:
            yield
        except duckdb.Error as error:
            raise refused(self.path, error) from error

    def transaction(self, schema: str) -> AbstractContextManager[None]:  # noqa: ARG002
        """Run a block as one transaction; see ``segdb.engines.duckdb.transaction``."""
        return transaction(self.connection, self.execute, self.path)

"""Protocol: what a run asks of the database in which it works, whatever its engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pyarrow as pa

from segdb.engines.reader import Reader

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

    from segdb.config.sections import Engine
    from segdb.config.source_section import Source
    from segdb.engines.raw_source import Raw


class Database(Protocol):
    """An open database: expressions become its tables and views, and few rows cross into Python.

    Attributes:
        dialect: of its SQL, as ``segdb.exports.dialects`` calls it.
        macros: whether a table macro can be published in it.
        once: its word before a CTE that is to be computed once, with a blank; empty where it sees
            that itself.
        matrix_bytes: up to so many, a matrix of customers is fetched into Python.
    """

    dialect: str
    macros: bool
    once: str
    matrix_bytes: int

    @property
    def place(self) -> str | None:
        """Where it is, for messages; None of a connection that the caller brought."""

    def close(self) -> None:
        """Close the connection, if segdb opened it."""

    def limit(self, engine: Engine) -> None:
        """Set what the engine may use, where segdb opened it; what is left out stays."""

    def lock(self) -> None:
        """Let no query read or write anything but the database, where the engine could."""

    def attached(self, *, write: bool = False) -> AbstractContextManager[None]:
        """Let a block read what is stored, or write it: publish, and read sources that are tables.

        A DuckDB file is open no longer than such a block takes, so that others can read it.

        Raises:
            LockedError: another process holds it.
        """

    def refusals(self) -> AbstractContextManager[None]:
        """Turn what the driver raises in a block into one paragraph: an ``EngineError``."""

    def transaction(self, schema: str) -> AbstractContextManager[None]:
        """Run a block that writes a schema: all of it, or nothing and a ``PublishError``."""

    # --- queries ---------------------------------------------------------------------------------

    def compile(self, query: ir.Table, *, pretty: bool = False) -> str:
        """Return an expression as one SELECT of the engine's SQL."""

    def execute(self, sql: str) -> None:
        """Run statements that return nothing."""

    def fetch(self, query: ir.Table | str, values: Mapping[str, object] | None = None) -> pa.Table:
        """Run a query, with values for its ``$name`` parameters, and return its rows."""

    def batches(self, query: ir.Table, rows: int) -> pa.RecordBatchReader:
        """Run a query whose rows do not all have to fit into memory, so many at a time."""

    def rows(self, query: ir.Table | str) -> list[dict[str, Any]]:
        """Run a query of few rows and return them as mappings."""

    # --- what a run makes on its way, gone with the connection -----------------------------------

    def scratch(self, name: str) -> AbstractContextManager[Database]:
        """Give this database with temporary relations of its own, gone behind the block."""

    def view(self, name: str, query: ir.Table | str) -> ir.Table:
        """Make a temporary view and return it as an unbound table."""

    def table(self, name: str, query: ir.Table | str) -> ir.Table:
        """Make a temporary table and return it as an unbound table."""

    def fitting(self, name: str, query: ir.Table) -> ir.Table | None:
        """Make a temporary table, unless the engine's memory does not hold what goes into it."""

    def forget_temporary(self) -> None:
        """Remove what was made on the way, where it keeps the user from changing the sources."""

    def rows_table(self, name: str, rows: pa.Table) -> ir.Table:
        """Make a temporary table of rows that are in Python."""

    def forget(self, name: str) -> None:
        """Remove a temporary table, where there is one."""

    def read(
        self,
        name: Literal["orders", "customers"],
        source: object,
        settings: Source,
        expected: str | None = None,
    ) -> Raw:
        """Make a source a temporary relation called ``segdb_<name>_raw``.

        Args:
            name: which of a run's sources it is.
            source: what the engine can read: a table or view, a SELECT, and where it may a file or
                a frame.
            settings: how files are read.
            expected: the encoding that was guessed when it was read before.

        Raises:
            SourceError: there is no such source, or it cannot be read as rows and columns.
        """

    def inspecting(self, table: ir.Table) -> Callable[[ir.Table], pa.Table]:
        """Return what runs the small queries by which the columns of a source are inferred."""

    def unstable(self, sql: str, columns: Collection[str]) -> str | None:
        """Return what in an expression over these columns depends on more than the row."""

    def reader(self, schema: str, *, locked: bool = False, sources: bool = False) -> Reader:
        """Return what answers questions on the published tables.

        Args:
            schema: where they are.
            locked: it reads them and nothing else; the database was opened for reading alone.
            sources: ``segments_live`` may read the sources that the last run recorded, whoever
                ran it.

        Raises:
            UserError: there are no segments.
        """

    # --- what is stored --------------------------------------------------------------------------

    def schema(self, relation: str) -> ibis.Schema:
        """Return the column names and types of a relation (SQL of a FROM clause)."""

    def stored(self, schema: str, name: str) -> ir.Table:
        """Return a table of the database as an unbound table."""

    def holds(self, schema: str, name: str) -> bool:
        """Whether there is such a table or view."""

    def tables(self) -> list[tuple[str, str]]:
        """Return (schema, name) of every table and view that is not temporary."""

    def kinds(self, schema: str) -> dict[str, str]:
        """Return "table" or "view" by the names of a schema, in lower case."""

    def columns(self, schema: str, name: str) -> dict[str, str]:
        """Return the types of a table's columns, as the contract calls them where it does."""

    def comments(self, schema: str) -> dict[str, str]:
        """Return the comments on the tables of a schema by their names, in lower case."""

    def key_type(self, schema: str, name: str) -> str:
        """Return the SQL type of a table's ``customer_id``."""

    def sql_type(self, kind: str) -> str:
        """Return the engine's word for a type of the contract."""

    def relation(self, schema: str, name: str) -> str:
        """Return a table or view as SQL of a FROM clause; in a transaction, as it is written."""

    def recover(self, schema: str) -> None:
        """Undo what a publish left that was killed, before anything of the schema is read."""

    # --- what is written: within a transaction ---------------------------------------------------

    def make_schema(self, schema: str) -> None:
        """Make a schema, unless it is there."""

    def write_table(self, schema: str, name: str, query: str) -> None:
        """Write the rows of a query into a table, in the place of one that is there."""

    def write_rows(
        self, schema: str, name: str, columns: Mapping[str, str], rows: pa.Table
    ) -> None:
        """Write a table of few rows, its columns by their SQL types, in the place of one."""

    def write_view(self, schema: str, name: str, query: str) -> None:
        """Make a view, in the place of one that is there."""

    def grow(self, schema: str, name: str, columns: Mapping[str, str]) -> None:
        """Make a table, or give one that is there the columns that it lacks."""

    def insert(self, schema: str, name: str, rows: pa.Table) -> None:
        """Put rows into a table by the names of their columns."""

    def append(self, schema: str, name: str, columns: Sequence[str], query: str) -> None:
        """Put the rows of a query into a table, its columns in this order."""

    def delete(self, schema: str, name: str, condition: str) -> None:
        """Remove the rows for which a condition holds."""

    def update(self, schema: str, name: str, column: str, value: str, condition: str) -> None:
        """Set a column to a value (SQL) where a condition holds."""

    def change_type(self, schema: str, name: str, column: str, kind: str) -> None:
        """Give a column of a table another SQL type, and its values with it."""

    def rename(self, schema: str, name: str, to: str) -> None:
        """Give a table another name."""

    def copy_table(self, schema: str, name: str, to: tuple[str, str]) -> None:
        """Write the rows of a table into another one, ``to`` (schema, name)."""

    def drop(self, schema: str, name: str) -> None:
        """Remove a table or view, whichever it is; nothing where there is none."""

    def comment(
        self, schema: str, name: str, kind: str, words: str, columns: Mapping[str, str]
    ) -> None:
        """Comment on a table, view or macro, as ``kind`` says, and on its columns."""

    def refuse_schema(self, schema: str) -> None:
        """Refuse a schema that SQL could not tell from something else, with a ``SettingsError``."""

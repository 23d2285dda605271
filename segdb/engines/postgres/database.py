"""PostgreSQL: where expressions become temporary views and tables, and segments are published."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from segdb.config.source_section import Source
from segdb.engines.mirrored import Mirrored, mirrored_reader
from segdb.engines.postgres.catalog import Catalog, as_arrow, copy_rows, with_parameters
from segdb.engines.postgres.compile import compiled
from segdb.engines.postgres.connect import connect, refused
from segdb.engines.postgres.driver import driver
from segdb.engines.postgres.functions import unstable
from segdb.engines.postgres.readonly_query import read_only
from segdb.engines.postgres.sources import read
from segdb.engines.postgres.transaction import transaction
from segdb.engines.postgres.types import arrow_types
from segdb.engines.raw_source import Raw
from segdb.engines.reader import Reader
from segdb.formats.secrets import without_passwords
from segdb.sql_text import quoted

if TYPE_CHECKING:
    from psycopg import Connection

_ARROW_TO_SQL: Mapping[str, str] = {
    "int": "BIGINT", "uint": "BIGINT", "double": "DOUBLE PRECISION", "float": "DOUBLE PRECISION",
    "timestamp": "TIMESTAMP", "date": "DATE", "bool": "BOOLEAN", "decimal": "NUMERIC",
}  # fmt: skip


class Postgres(Mirrored, Catalog):
    """A connection to one PostgreSQL database.

    Attributes:
        connection: the driver's own connection.
        url: where it is, without a password; None where the caller brought a connection.
    """

    dialect = "postgres"
    macros = False
    once = "MATERIALIZED "

    def __init__(self, connection: Connection, url: str | None = None) -> None:
        self.connection = connection
        self.url = url
        # They stay text, as on every engine.
        for kind in ("json", "jsonb", "uuid"):
            connection.adapters.register_loader(kind, driver().types.string.TextLoader)

    @classmethod
    def open(cls, url: str, *, read_only: bool = False) -> Postgres:
        """Open a database by its URL, ``postgresql://user@host/name``.

        Raises:
            SettingsError: psycopg is not installed.
            SourceError: the server does not let in.
        """
        return cls(connect(url, read_only=read_only), without_passwords(url))

    @property
    def place(self) -> str | None:
        """The URL of the database; None of a connection that the caller brought."""
        return self.url

    def close(self) -> None:
        """Close the connection, if segdb opened it."""
        if self.url is not None:
            self.connection.close()

    def compile(self, query: ir.Table, *, pretty: bool = False) -> str:
        """Return an expression as one SELECT."""
        return compiled(query, pretty=pretty)

    def execute(self, sql: str) -> None:
        """Run statements that return nothing."""
        self.connection.execute(sql)

    def fetch(self, query: ir.Table | str, values: Mapping[str, object] | None = None) -> pa.Table:
        """Run a query, with values for its ``$name`` parameters, and return its rows."""
        sql = query if isinstance(query, str) else self.compile(query)
        sql = with_parameters(sql, values) if values else sql
        cursor = self.connection.execute(sql, values or None)
        return as_arrow(cursor.description or (), cursor.fetchall())

    def batches(self, query: ir.Table, rows: int) -> pa.RecordBatchReader:
        """Run a query whose rows do not all have to fit into memory, so many at a time."""
        sql = self.compile(query)
        schema = pa.schema(
            [
                (name, kind or pa.decimal128(38, 9))
                for name, kind in arrow_types(self._described(sql)).items()
            ]
        )

        def fetched() -> Iterator[pa.RecordBatch]:
            with self.connection.transaction(), self.connection.cursor("segdb_rows") as cursor:
                cursor.execute(sql)
                while values := cursor.fetchmany(rows):
                    columns = zip(*values, strict=True)
                    arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
                    yield pa.record_batch(arrays, schema=schema)

        return pa.RecordBatchReader.from_batches(schema, fetched())

    def rows(self, query: ir.Table | str) -> list[dict[str, Any]]:
        """Run a query of few rows and return them as mappings."""
        rows: list[dict[str, Any]] = self.fetch(query).to_pylist()
        return rows

    def view(self, name: str, query: ir.Table | str) -> ir.Table:
        """Make a temporary view and return it as an unbound table.

        OFFSET 0 keeps the planner from inlining views of views, and computing each value in them
        as often as it is asked for.
        """
        sql = query if isinstance(query, str) else self.compile(query)
        name = self.scratch_name(name)
        self._forget(name.replace("_", r"\_"))
        self.execute(
            f"CREATE TEMP VIEW {quoted(name)} AS SELECT * FROM (\n{sql}\n) AS fenced OFFSET 0"  # noqa: S608
        )
        return self._made(name, query)

    def table(self, name: str, query: ir.Table | str) -> ir.Table:
        """Make a temporary table and return it as an unbound table."""
        sql = query if isinstance(query, str) else self.compile(query)
        name = self.scratch_name(name)
        temporary = f"segdb_new_{name}"
        self.execute(f"CREATE TEMP TABLE {quoted(temporary)} AS {sql}")
        # What it takes the place of may be read by the query itself.
        self._forget(name.replace("_", r"\_"))
        self.execute(f"ALTER TABLE pg_temp.{quoted(temporary)} RENAME TO {quoted(name)}")
        self.execute(f"ANALYZE pg_temp.{quoted(name)}")
        return self._made(name, query)

    def fitting(self, name: str, query: ir.Table) -> ir.Table | None:
        """Make a temporary table; the server spills to disk."""
        return self.table(name, query)

    def rows_table(self, name: str, rows: pa.Table) -> ir.Table:
        """Make a temporary table of rows that are in Python."""
        name = self.scratch_name(name)
        self._forget(name.replace("_", r"\_"))
        columns = ", ".join(f"{quoted(f.name)} {_sql_type(f.type)}" for f in rows.schema)
        self.execute(f"CREATE TEMP TABLE {quoted(name)} ({columns})")
        copy_rows(self.connection, f"pg_temp.{quoted(name)}", rows)
        return self._made(name, "")

    def read(
        self,
        name: Literal["orders", "customers"],
        source: object,
        settings: Source,  # noqa: ARG002 - files are not read here
        expected: str | None = None,  # noqa: ARG002
    ) -> Raw:
        """Make a source a temporary view; see ``segdb.engines.postgres.sources.read``."""
        return read(self, name, source)

    def reader(
        self,
        schema: str,
        *,
        locked: bool = False,
        sources: bool = False,  # noqa: ARG002 - the server says who may read what
    ) -> Reader:
        """Return what reads the published tables; segdb's own SQL reads a copy of them."""
        select = read_only(self, schema) if locked else self.fetch
        return mirrored_reader(self, schema, select)

    def unstable(self, sql: str, columns: Collection[str]) -> str | None:
        """Return what in an expression over these columns depends on more than the row."""
        return unstable(self.connection, sql, columns)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn what the driver raises in a block into one paragraph.

        Raises:
            EngineError: the database refused a statement.
            UserError: the user may not do it; the message has the GRANT that helps.
        """
        try:
            yield
        except driver().Error as error:
            raise refused(error) from error

    def transaction(self, schema: str) -> AbstractContextManager[None]:  # noqa: ARG002
        """Run a block as one transaction; see ``segdb.engines.postgres.transaction``."""
        return transaction(self.connection)

    def _described(self, sql: str) -> Any:
        return self.connection.execute(f"SELECT * FROM ({sql}) AS q LIMIT 0").description  # noqa: S608

    def forget_temporary(self) -> None:
        """Remove the temporary views and tables, which keep their sources from being dropped."""
        self._forget("segdb\\_%")

    def forget(self, name: str) -> None:
        """Remove a temporary relation, where there is one."""
        self._forget(self.scratch_name(name).replace("_", r"\_"))

    def _forget(self, pattern: str) -> None:
        """Drop temporary relations; what is made of them goes with them."""
        relations = self.connection.execute(
            "SELECT relname, relkind FROM pg_class WHERE relname LIKE %s "
            "AND relnamespace = pg_my_temp_schema() AND relkind IN ('r', 'v')",
            [pattern],
        ).fetchall()
        for name, kind in relations:
            what = "VIEW" if kind == "v" else "TABLE"
            self.execute(f"DROP {what} IF EXISTS pg_temp.{quoted(name)} CASCADE")

    def _made(self, name: str, query: ir.Table | str) -> ir.Table:
        columns = query.schema() if isinstance(query, ir.Table) else self.schema(quoted(name))
        return ibis.table(columns, name=name)


def _sql_type(kind: pa.DataType) -> str:
    return next(
        (sql for start, sql in _ARROW_TO_SQL.items() if str(kind).startswith(start)), "TEXT"
    )

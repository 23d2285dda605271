"""Spark: where expressions become temporary views and tables of a cluster."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING, Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from segdb.config.sections import Engine
from segdb.config.source_section import Source
from segdb.engines.mirrored import Mirrored, mirrored_reader
from segdb.engines.raw_source import Raw
from segdb.engines.reader import Reader
from segdb.engines.spark.checkpoint import checkpoint
from segdb.engines.spark.connect import connect, is_refusal, prepare, refused
from segdb.engines.spark.functions import unstable
from segdb.engines.spark.lock import rows_schema, undo
from segdb.engines.spark.readonly_query import read_only
from segdb.engines.spark.sources import read
from segdb.engines.spark.tables import Tables
from segdb.engines.spark.transaction import transaction
from segdb.engines.spark.types import ibis_types, uploaded
from segdb.formats.secrets import without_passwords

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


_MATRIX_BYTES = 8_000_000


class Spark(Mirrored, Tables):
    """A session on a Spark cluster.

    Attributes:
        url: where it is, without a token; None where the caller brought a session.
    """

    dialect = "spark"
    macros = False
    once = ""
    matrix_bytes = _MATRIX_BYTES

    def __init__(self, session: SparkSession, url: str | None = None) -> None:
        super().__init__(session)
        self.url = url
        if url is None:
            prepare(session)

    @classmethod
    def open(cls, url: str) -> Spark:
        """Open a session by the URL of a cluster, ``sc://host:15002`` or ``spark://host:7077``.

        Raises:
            SettingsError: PySpark is not installed.
            SourceError: the cluster does not let in.
        """
        return cls(connect(url), without_passwords(url))

    @property
    def place(self) -> str | None:
        """The URL of the cluster; None of a session that the caller brought."""
        return self.url

    def limit(self, engine: Engine) -> None:
        """Limit what Python holds: less than elsewhere, since a cluster is near to its rows."""
        self.matrix_bytes = min(_MATRIX_BYTES, engine.matrix_bytes)

    def close(self) -> None:
        """Close the session, if segdb opened it."""
        if self.url is not None:
            with suppress(Exception):  # the cluster may be gone
                self.forget_temporary()
                self.session.stop()

    def batches(self, query: ir.Table, rows: int) -> pa.RecordBatchReader:
        """Run a query whose rows do not all have to fit into memory, so many at a time."""
        frame = self.session.sql(self.compile(query))
        schema: pa.Schema = frame.limit(0).toArrow().schema

        def fetched() -> Iterator[pa.RecordBatch]:
            # A partition at a time.
            each = iter(frame.toLocalIterator())
            while values := list(islice(each, rows)):
                columns = zip(*values, strict=True)
                arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
                yield pa.record_batch(arrays, schema=schema)

        return pa.RecordBatchReader.from_batches(schema, fetched())

    def view(self, name: str, query: ir.Table | str) -> ir.Table:
        """Make a temporary view and return it as an unbound table."""
        return self._named(name, self._frame(query), query)

    def frame_view(self, name: str, frame: DataFrame) -> ir.Table:
        """Make a temporary view of a frame of the session, as an unbound table."""
        return self._named(name, frame, "")

    def table(self, name: str, query: ir.Table | str) -> ir.Table:
        """Compute rows once, on the cluster, and return them as an unbound table."""
        return self._named(name, checkpoint(self.session, self._frame(query)), query)

    def fitting(self, name: str, query: ir.Table) -> ir.Table | None:
        """Make a temporary table; executors spill to disk."""
        return self.table(name, query)

    def rows_table(self, name: str, rows: pa.Table) -> ir.Table:
        """Make a temporary table of rows that are in Python."""
        return self._named(name, uploaded(self.session, rows), "")

    def forget(self, name: str) -> None:
        """Remove a temporary relation, where there is one."""
        self.session.catalog.dropTempView(self.scratch_name(name))

    def forget_temporary(self) -> None:
        """Remove the temporary views and tables."""
        for row in self.rows("SHOW VIEWS LIKE 'segdb_*'"):
            if row["isTemporary"]:
                self.session.catalog.dropTempView(row["viewName"])

    def read(
        self,
        name: Literal["orders", "customers"],
        source: object,
        settings: Source,  # noqa: ARG002 - the cluster reads files by its own means
        expected: str | None = None,  # noqa: ARG002
    ) -> Raw:
        """Make a source a temporary view; see ``segdb.engines.spark.sources.read``."""
        return read(self, name, source)

    def reader(
        self,
        schema: str,
        *,
        locked: bool = False,
        sources: bool = False,  # noqa: ARG002 - the cluster says who may read what
    ) -> Reader:
        """Return what reads the published tables; segdb's own SQL reads a copy of them."""
        select = read_only(self, schema) if locked else self.fetch
        return mirrored_reader(self, schema, select)

    def unstable(self, sql: str, columns: Collection[str]) -> str | None:
        """Return what in an expression over these columns depends on more than the row."""
        return unstable(self.session, sql, columns)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn what the cluster raises in a block into one paragraph.

        Raises:
            EngineError: the cluster refused a statement, or is gone.
            UserError: the user may not do it; the message has the GRANT that helps.
        """
        try:
            yield
        except Exception as error:
            if not is_refusal(error):
                raise
            raise refused(error) from error

    def recover(self, schema: str) -> None:
        """Undo what a publish left that was killed; see ``segdb.engines.spark.lock``."""
        undo(self, rows_schema(schema))

    def transaction(self, schema: str) -> AbstractContextManager[None]:
        """Run a block as one publish; see ``segdb.engines.spark.transaction``."""
        return transaction(self, schema)

    def _frame(self, query: ir.Table | str) -> DataFrame:
        return self.session.sql(query if isinstance(query, str) else self.compile(query))

    def _named(self, name: str, frame: DataFrame, query: ir.Table | str) -> ir.Table:
        name = self.scratch_name(name)
        frame.createOrReplaceTempView(name)
        columns = query.schema() if isinstance(query, ir.Table) else ibis_types(frame.schema)
        return ibis.table(columns, name=name)

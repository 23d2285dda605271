"""Mirrored: what a server does by a DuckDB beside it: infer columns, run segdb's own queries."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import ibis.expr.types as ir
import pyarrow as pa

from segdb.config.sections import Engine
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.mirror import Mirror
from segdb.engines.protocol import Database
from segdb.engines.reader import Ask, Reader
from segdb.engines.scratch import Scratch

# Rows of a source that its columns are inferred from.
_HEAD = 100_000


class Mirrored(Scratch):
    """The part of a server's ``Database`` that is the same on every server."""

    matrix_bytes = Engine().matrix_bytes

    def limit(self, engine: Engine) -> None:
        """Leave the server what its owner gave it; limit what Python holds."""
        self.matrix_bytes = engine.matrix_bytes

    def attached(self, *, write: bool = False) -> AbstractContextManager[None]:  # noqa: ARG002
        """Do nothing: a server lets many read and write."""
        return nullcontext()

    def lock(self) -> None:
        """Change nothing: SQL reaches what the user that segdb connects as may read."""

    def inspecting(self: Database, table: ir.Table) -> Callable[[ir.Table], pa.Table]:
        """Return what infers the columns of a source from its head, in a DuckDB in memory."""
        memory = DuckDB.memory()
        memory.rows_table(table.get_name(), self.fetch(table.limit(_HEAD)))
        return memory.fetch


def mirrored_reader(store: Database, schema: str, select: Ask) -> Reader:
    """Return what runs the user's SQL by ``select``, and segdb's own on a copy of the tables."""
    return Reader(select, Mirror(store, schema))

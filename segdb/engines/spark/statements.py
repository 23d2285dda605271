"""Statements: SQL that a session of the cluster runs, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir
import pyarrow as pa

from segdb.engines.spark.compile import compiled
from segdb.engines.spark.draft import Draft
from segdb.engines.spark.parameters import with_parameters

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class Statements:
    """A session on a cluster.

    Attributes:
        session: the driver's own session.
        draft: what a transaction has written so far; None outside of one.
        listing: what the catalog said of each schema, until a transaction changes it.
    """

    def __init__(self, session: SparkSession) -> None:
        self.session = session
        self.draft: Draft | None = None
        self.listing: dict[str, list[dict[str, Any]]] = {}

    def compile(self, query: ir.Table, *, pretty: bool = False) -> str:  # noqa: ARG002
        """Return an expression as one SELECT."""
        return compiled(query)

    def execute(self, sql: str) -> None:
        """Run a statement that returns nothing; commands are run at once."""
        self.session.sql(sql)

    def fetch(self, query: ir.Table | str, values: Mapping[str, object] | None = None) -> pa.Table:
        """Run a query, with values for its ``$name`` parameters, and return its rows."""
        sql = query if isinstance(query, str) else self.compile(query)
        if values:
            return self.session.sql(with_parameters(sql, values), args=dict(values)).toArrow()
        return self.session.sql(sql).toArrow()

    def rows(self, query: ir.Table | str) -> list[dict[str, Any]]:
        """Run a query of few rows and return them as mappings."""
        rows: list[dict[str, Any]] = self.fetch(query).to_pylist()
        return rows

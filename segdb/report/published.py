"""The published tables as the report reads them: SQL in, plain rows out, in any schema."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from segdb.charts.chart import Query, Rows
from segdb.sql_text import in_schema, literal

# One SELECT in, its rows as Arrow out.
Ask = Callable[[str], pa.Table]


class Published:
    """The report's only access to data: SQL over ``segdb.<table>``, in the schema of the settings.

    Attributes:
        tables: the names of the tables and views that there are.
        features: the features of the last run, where they are published.
    """

    def __init__(self, ask: Ask, schema: str) -> None:
        self._ask = ask
        self._schema = schema
        known = "SELECT table_name FROM information_schema.tables WHERE table_schema = "
        known_names = self.rows(known + literal(schema))
        self.tables = frozenset(row["table_name"] for row in known_names)
        self.features = frozenset(
            row["feature"]
            for row in self.rows_or_empty("SELECT feature FROM segdb.feature_parameters")
        )

    def sql(self, sql: str) -> str:
        """Return SQL that was written for the schema segdb, for the schema of the settings."""
        return in_schema(sql.strip(), self._schema)

    def arrow(self, sql: str) -> pa.Table:
        """Return the rows of a query as Arrow."""
        return self._ask(self.sql(sql))

    def rows(self, sql: str) -> Rows:
        """Return the rows of a query as mappings of plain values."""
        return [
            {name: plain(value) for name, value in row.items()}
            for row in self.arrow(sql).to_pylist()
        ]

    def rows_or_empty(self, sql: str) -> Rows:
        """Return the rows of a query, and none where one of its tables is not published."""
        return self.rows(sql) if self.has(Query("", sql, ()).tables) else []

    def of(self, query: Query) -> Rows:
        """Return the rows of a chart's query; none where it cannot run."""
        ready = self.has(query.tables) and self.features.issuperset(query.needs)
        return self.rows(query.sql) if ready else []

    def has(self, tables: Iterable[str]) -> bool:
        """Whether all these tables are published."""
        return self.tables.issuperset(tables)


def plain(value: Any) -> Any:
    """Return a value that JSON and templates can hold; what is not finite becomes None."""
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value

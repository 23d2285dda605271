"""Read-only query: one SELECT of the user's, which the cluster's grammar keeps from writing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from segdb.engines.reader import Ask, require_segments
from segdb.engines.spark.connect import is_refusal, reason
from segdb.engines.spark.parameters import with_parameters
from segdb.errors import UserError
from segdb.sql_text import quoted

if TYPE_CHECKING:
    from segdb.engines.spark.database import Spark

# They call any method of the cluster's own machine.
_CALLS = re.compile(
    r"\b(?:java_method|reflect|try_reflect)[`\"]?(?:\s|/\*.*?\*/|--[^\n]*\n)*\(",
    re.IGNORECASE | re.DOTALL,
)


def read_only(store: Spark, schema: str) -> Ask:
    """Return what runs one SELECT; unqualified names are looked up in the schema first.

    Raises:
        UserError: there are no segments.
    """
    require_segments(store, schema)
    store.execute(f"USE {quoted(schema)}")

    def select(sql: str, values: Mapping[str, object] | None = None) -> pa.Table:
        if _CALLS.search(sql):
            raise UserError("A query reads tables; it cannot call methods of the cluster.")
        # A statement that writes is no query, and nothing else stands in brackets.
        written = with_parameters(sql.strip().rstrip(";"), values or ())
        try:
            asked = f"SELECT * FROM (\n{written}\n) AS asked"  # noqa: S608
            rows: pa.Table = store.session.sql(asked, args=dict(values or {})).toArrow()
            return rows
        except Exception as error:
            if not is_refusal(error):
                raise
            if "PARSE_SYNTAX_ERROR" in str(error):
                raise UserError(
                    f"A query is one SELECT; it cannot change the catalog. {reason(error)}."
                ) from None
            raise UserError(f"The query failed: {reason(error)}.") from None

    return select

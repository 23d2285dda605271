"""Types: what the types of the contract are in Ibis and in Arrow."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.datatypes as dt
import pyarrow as pa
from ibis.formats.pyarrow import PyArrowType

from segdb.contract.table import ID, Column, Table

_IBIS: Mapping[str, dt.DataType] = {
    "INTEGER": dt.int32,
    "BIGINT": dt.int64,
    "DOUBLE": dt.float64,
    "VARCHAR": dt.string,
    "BOOLEAN": dt.boolean,
    "TIMESTAMP": dt.Timestamp(scale=6),
    "JSON": dt.json,
}


def ibis_type(column: Column, key: dt.DataType | None = None) -> dt.DataType:
    """Return a column's type; ``key`` is that of the source's customer ids."""
    return key if column.type == ID and key is not None else _IBIS[column.type]


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of a table without customer ids; JSON is text."""
    kinds = {column.name: ibis_type(column) for column in table.columns}
    return pa.schema(
        (name, pa.string() if kind.is_json() else PyArrowType.from_ibis(kind))
        for name, kind in kinds.items()
    )

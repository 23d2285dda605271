"""Types: Spark's, as Ibis and the contract call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa

from segdb.engines.duckdb.types import ibis_type

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# As the contract calls them; the segments of a run have no other types but for ids.
CONTRACT_TYPES: Mapping[str, str] = {
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "timestamp_ntz": "TIMESTAMP",
    "timestamp": "TIMESTAMP",
}
SQL_TYPES: Mapping[str, str] = {
    "INTEGER": "INT",
    "BIGINT": "BIGINT",
    "DOUBLE": "DOUBLE",
    "VARCHAR": "STRING",
    "BOOLEAN": "BOOLEAN",
    "TIMESTAMP": "TIMESTAMP_NTZ",
    "JSON": "STRING",
}
_IBIS: Mapping[str, dt.DataType] = {
    "string": dt.string,
    "binary": dt.binary,
    "date": dt.date,
    "timestamp_ntz": dt.Timestamp(scale=6),
    # An instant; segdb's sessions are in UTC.
    "timestamp": dt.Timestamp("UTC", scale=6),
}


def contract_type(kind: str) -> str:
    """Return a type of Spark's as the contract calls it, where it does."""
    return CONTRACT_TYPES.get(kind, kind.upper())


def ibis_types(columns: Any) -> ibis.Schema:
    """Return the columns of a frame as Ibis has them; ``unknown`` of a type it has no word for.

    Args:
        columns: PySpark's ``StructType``.
    """
    return ibis.schema({column.name: _ibis(column.dataType.simpleString()) for column in columns})


def _ibis(kind: str) -> dt.DataType:
    if kind.startswith(("varchar", "char")):
        return dt.string
    plain: dt.DataType = _IBIS.get(kind) or ibis_type(kind)
    # Lists and records are looked at as text.
    return plain if plain.is_primitive() or plain.is_temporal() or _is_plain(plain) else dt.unknown


def _is_plain(kind: dt.DataType) -> bool:
    return isinstance(kind, dt.Decimal | dt.String | dt.Binary)


def uploaded(session: SparkSession, rows: pa.Table) -> DataFrame:
    """Return rows that are in Python as a frame, in types that Spark takes."""
    schema = pa.schema([pa.field(field.name, _arrow(field.type)) for field in rows.schema])
    # It takes no table without rows.
    filled = rows.cast(schema) if rows.num_rows else _one_row(schema)
    return session.createDataFrame(filled).limit(rows.num_rows)


def _one_row(schema: pa.Schema) -> pa.Table:
    return pa.table([pa.nulls(1, field.type) for field in schema], schema=schema)


def _arrow(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_unsigned_integer(kind):
        return pa.int64() if kind.bit_width < 64 else pa.decimal128(20, 0)
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    if pa.types.is_large_string(kind) or pa.types.is_dictionary(kind) or pa.types.is_null(kind):
        return pa.string()
    return kind

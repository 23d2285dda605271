"""Types: PostgreSQL's, as Ibis, Arrow and the contract call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa

# By the names of information_schema.
CONTRACT_TYPES: Mapping[str, str] = {
    "integer": "INTEGER",
    "smallint": "SMALLINT",
    "bigint": "BIGINT",
    "double precision": "DOUBLE",
    "real": "FLOAT",
    "character varying": "VARCHAR",
    "text": "VARCHAR",
    "boolean": "BOOLEAN",
    "timestamp without time zone": "TIMESTAMP",
    "json": "JSON",
    "numeric": "DECIMAL",
}
SQL_TYPES: Mapping[str, str] = {
    "INTEGER": "INTEGER",
    "BIGINT": "BIGINT",
    "DOUBLE": "DOUBLE PRECISION",
    "VARCHAR": "TEXT",
    "BOOLEAN": "BOOLEAN",
    "TIMESTAMP": "TIMESTAMP",
    "JSON": "JSON",
}
# By the object ids of pg_type, which are fixed for the types of the system.
_KINDS: Mapping[int, tuple[dt.DataType, pa.DataType]] = {
    16: (dt.boolean, pa.bool_()),
    20: (dt.int64, pa.int64()),
    21: (dt.int16, pa.int16()),
    23: (dt.int32, pa.int32()),
    25: (dt.string, pa.string()),
    700: (dt.float32, pa.float32()),
    701: (dt.float64, pa.float64()),
    1042: (dt.string, pa.string()),
    1043: (dt.string, pa.string()),
    1082: (dt.date, pa.date32()),
    1083: (dt.time, pa.time64("us")),
    1114: (dt.Timestamp(scale=6), pa.timestamp("us")),
    1184: (dt.Timestamp("UTC", scale=6), pa.timestamp("us", "UTC")),
    114: (dt.json, pa.string()),
    3802: (dt.json, pa.string()),
    2950: (dt.uuid, pa.string()),
    19: (dt.string, pa.string()),
}
_NUMERIC = 1700


def ibis_types(description: Sequence[Any]) -> ibis.Schema:
    """Return the columns of a result as Ibis has them; ``unknown`` of a type it has no word for."""
    return ibis.schema({column.name: _ibis(column) for column in description})


def arrow_types(description: Sequence[Any]) -> dict[str, pa.DataType | None]:
    """Return the columns of a result as Arrow has them; None where the values say it."""
    kinds = {column.name: _KINDS.get(column.type_code) for column in description}
    return {name: None if kind is None else kind[1] for name, kind in kinds.items()}


def _ibis(column: Any) -> dt.DataType:
    if column.type_code == _NUMERIC:
        # A NUMERIC without a size holds any number of digits.
        bounded = column.precision is not None and column.precision <= 38
        return dt.Decimal(column.precision, column.scale) if bounded else dt.Decimal(38, 9)
    kind = _KINDS.get(column.type_code)
    return dt.unknown if kind is None else kind[0]

"""The engines whose SQL is run: how a table comes in, and how labels come out."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

Labels = dict[str, tuple[int, str]]

_SQLITE: Mapping[str, str] = {"string": "TEXT", "int": "INTEGER", "bool": "INTEGER"}
_POSTGRES: Mapping[str, str] = {
    "string": "TEXT",
    "int": "BIGINT",
    "double": "DOUBLE PRECISION",
    "float": "DOUBLE PRECISION",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "bool": "BOOLEAN",
    "decimal": "NUMERIC",
}


def _word(kind: pa.DataType, words: Mapping[str, str], otherwise: str) -> str:
    return next((sql for start, sql in words.items() if str(kind).startswith(start)), otherwise)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def load_sqlite(connection: sqlite3.Connection, name: str, table: pa.Table) -> None:
    columns = ", ".join(f"{_quoted(f.name)} {_word(f.type, _SQLITE, '')}" for f in table.schema)
    connection.execute(f"CREATE TABLE {name} ({columns})")
    marks = ", ".join("?" * table.num_columns)
    rows = zip(*(_plain(column) for column in table.columns), strict=True)
    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)


def load_postgres(connection: Any, name: str, table: pa.Table) -> None:
    columns = ", ".join(
        f"{_quoted(f.name)} {_word(f.type, _POSTGRES, 'NUMERIC')}" for f in table.schema
    )
    connection.execute(f"DROP TABLE IF EXISTS {name}")
    connection.execute(f"CREATE TABLE {name} ({columns})")
    rows = pa.BufferOutputStream()
    pa_csv.write_csv(table, rows, pa_csv.WriteOptions(include_header=False))
    with connection.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy:
        copy.write(rows.getvalue().to_pybytes())


def labels(rows: list[Any]) -> Labels:
    """By the text of the customer's id; every engine has text."""
    found = {str(row[0]): (int(row[1]), str(row[2])) for row in rows}
    assert len(found) == len(rows)
    return found


def _plain(column: pa.ChunkedArray) -> list[Any]:
    return [
        str(value)
        if isinstance(value, datetime | date)
        else float(value)
        if isinstance(value, Decimal)
        else value
        for value in column.to_pylist()
    ]

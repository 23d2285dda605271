"""Compare two databases of segments, table by table: ``python tests/compare_databases.py A B``.

Every published table and view must have the same columns and the same rows. Numbers may differ in
their last digits, by a relative 1e-9; what says when or by which release a run was made is left
out. Runs without orders need the same ``as_of``. Exits with 1 and one line a difference.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from textwrap import shorten
from typing import Any

import duckdb

SCHEMA = "segdb"
# Columns that differ from run to run: times, versions, and the seconds that a run took.
LEFT_OUT = {"started_at", "published_at", "finished_at", "created_at", "seconds", "segdb_version"}
LEFT_OUT |= {"proof", "signature", "settings", "compared_at"}
TOLERANCE = 1e-9
MOST_SHOWN = 5


def differences(one: Path, other: Path) -> list[str]:
    """Return one line for each table that differs."""
    with duckdb.connect() as connection:
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"ATTACH '{path}' AS {name} (READ_ONLY)").fetchall()
        tables = {name: _tables(connection, name) for name in ("one", "other")}
        lines = [
            f"{table}: only in {one if table in tables['one'] else other}"
            for table in sorted(tables["one"] ^ tables["other"])
        ]
        for table in sorted(tables["one"] & tables["other"]):
            lines += [f"{table}: {words}" for words in _table(connection, table)]
    return lines


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> set[str]:
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = ?",
        [database, SCHEMA],
    ).fetchall()
    return {row[0] for row in rows}


def _table(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    columns = {name: _columns(connection, name, table) for name in ("one", "other")}
    if columns["one"] != columns["other"]:
        return [f"columns {columns['one']} against {columns['other']}"]
    names = [name for name in columns["one"] if name not in LEFT_OUT]
    listed = ", ".join(f'"{name}"' for name in names)
    rows = [
        connection.execute(f"SELECT {listed} FROM {name}.{SCHEMA}.{table} ORDER BY ALL").fetchall()
        for name in ("one", "other")
    ]
    if len(rows[0]) != len(rows[1]):
        return [f"{len(rows[0]):,} rows against {len(rows[1]):,}"]
    unlike = [
        f"{name}: {shorten(repr(a), 80)} against {shorten(repr(b), 80)}"
        for first, second in zip(*rows, strict=True)
        for name, a, b in zip(names, first, second, strict=True)
        if not _equal(a, b)
    ]
    more = [f"and {len(unlike) - MOST_SHOWN:,} more values"] if len(unlike) > MOST_SHOWN else []
    return unlike[:MOST_SHOWN] + more


def _columns(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> list[str]:
    rows = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE database_name = ? AND schema_name = ? "
        "AND table_name = ? ORDER BY column_index",
        [database, SCHEMA, table],
    ).fetchall()
    return [row[0] for row in rows]


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    if isinstance(one, str) and isinstance(other, str) and one[:1] in ("{", "["):
        return one == other or _equal(json.loads(one), json.loads(other))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    return bool(one == other)


if __name__ == "__main__":
    lines = differences(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write("".join(line + "\n" for line in lines) or "Equal.\n")
    sys.exit(bool(lines))

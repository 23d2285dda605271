"""Where scored customers go: a table of the database, or a file."""

from __future__ import annotations

from pathlib import Path

import duckdb
import ibis.expr.types as ir

from segdb import contract
from segdb.compile import literal, quoted, to_sql
from segdb.errors import SettingsError
from segdb.store.duckdb import DuckDB

_FORMATS = {".csv": "csv, header", ".tsv": "csv, header, delimiter '\t'", ".parquet": "parquet"}
# What segdb writes on a table it has made, and looks for before it writes over one.
MARK = "Customers scored by segdb"


def save_table(store: DuckDB, schema: str, name: str, query: ir.Table, sentence: str) -> None:
    """Write the rows into a table of the schema, over one that was written so before.

    Raises:
        SettingsError: the name is that of a published table, or of a table that is not ours.
    """
    if name.lower() in {table.name for table in contract.TABLES}:
        raise SettingsError(f"'{name}' is a published table. Name another for the scores.")
    place = f"{quoted(schema)}.{quoted(name)}"
    if store.holds(schema, name) and not _is_ours(store, schema, name):
        raise SettingsError(
            f"{schema}.{name} is there already, and not by `segdb score`. Name another table."
        )
    with store.transaction():
        store.execute(f"CREATE OR REPLACE TABLE {place} AS {to_sql(query, pretty=False)}")
        store.execute(f"COMMENT ON TABLE {place} IS {literal(f'{MARK}: {sentence}')}")


def save_file(store: DuckDB, path: Path, query: ir.Table) -> None:
    """Write the rows into a file whose ending says its format: csv, tsv or parquet.

    Raises:
        SettingsError: the ending is another, or the file cannot be written.
    """
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise SettingsError(
            f"{path} does not say its format. End its name with {', '.join(sorted(_FORMATS))}."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        store.execute(
            f"COPY ({to_sql(query, pretty=False)}) TO {literal(str(path))} (FORMAT {form})"
        )
    except (OSError, duckdb.IOException) as error:
        raise SettingsError(f"{path} cannot be written: {str(error).splitlines()[0]}") from None


def _is_ours(store: DuckDB, schema: str, name: str) -> bool:
    rows = store.connection.execute(
        "SELECT comment FROM duckdb_tables() WHERE database_name = current_database() "
        "AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?)",
        [schema, name],
    ).fetchall()
    return bool(rows) and str(rows[0][0] or "").startswith(MARK)

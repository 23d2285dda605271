"""Scores: where scored customers go: a table of the database, or a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from segdb import contract
from segdb.engines import output_files as outputs
from segdb.engines.protocol import Database
from segdb.errors import SettingsError, command, option
from segdb.formats.formulas import harmless

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
SUFFIXES = (*_DELIMITERS, ".parquet")
# Rows that are on their way into a CSV at a time.
_BATCH = 100_000
# What segdb writes on a table it has made, and looks for before it writes over one.
MARK = "Customers scored by segdb"


def target_of(into: str | Path) -> str | Path:
    """Return where scores go: a text for a table of the schema, a path for a file.

    A text with a dot or a slash in it is a path, so that no file's name becomes a table's.
    """
    return Path(into) if isinstance(into, Path) or re.search(r"[./\\]", into) else into


def save_table(store: Database, schema: str, name: str, query: ir.Table, sentence: str) -> None:
    """Write the rows into a table of the schema, over one that was written so before.

    Raises:
        SettingsError: the name is that of a published table, or of a table that is not ours.
    """
    if name.lower() in {table.name for table in contract.TABLES}:
        raise SettingsError(f"'{name}' is a published table. Name another for the scores.")
    comment = store.comments(schema).get(name.lower(), "")
    if store.holds(schema, name) and not comment.startswith(MARK):
        raise SettingsError(
            f"{schema}.{name} is there already, and not by {command('score')}. Name another table."
        )
    with store.attached(write=True), store.transaction(schema):
        store.write_table(schema, name, store.compile(query))
        store.comment(schema, name, "table", f"{MARK}: {sentence}", {})


def check_file(path: Path, sources: Iterable[Path], *, force: bool) -> None:
    """Refuse a file that segdb did not write, or that the scores are read from.

    Raises:
        UserError: it is there, and the user does not want it written over.
        SettingsError: its ending does not say its format.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise SettingsError(
            f"{path} does not say its format. End its name with {', '.join(sorted(SUFFIXES))}; a "
            "table of the schema is named alone, without a dot."
        )
    advice = f"Name another file with {option('into', 'FILE')}."
    if not force and path.exists() and any(path.samefile(s) for s in sources if s.exists()):
        raise SettingsError(
            f"{path} is what is read here; the scores would take its place. {advice} "
            f"{option('force', True)} writes over it."
        )
    outputs.refuse_foreign([path], force=force, advice=advice)


def save_file(store: Database, path: Path, query: ir.Table) -> None:
    """Write the rows into a file whose ending says its format: csv, tsv or parquet.

    It takes the place of what was there when it is whole. In CSV no spreadsheet runs a text.

    Raises:
        SettingsError: the file cannot be written.
    """
    delimiter = _DELIMITERS.get(path.suffix.lower())
    try:
        if path.is_dir():
            raise SettingsError(f"{path} is a folder; name a file in it.")
        with outputs.replacing(path) as temporary:
            batches = store.batches(query, _BATCH)
            if delimiter is None:
                _write_parquet(temporary, batches)
            else:
                _write_csv(temporary, batches, delimiter)
    except (OSError, pa.ArrowException) as error:
        raise SettingsError(f"{path} cannot be written: {str(error).splitlines()[0]}") from None


def _write_parquet(path: Path, batches: pa.RecordBatchReader) -> None:
    schema = batches.schema.with_metadata({outputs.PARQUET_KEY: outputs.MARK})
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


def _write_csv(path: Path, batches: pa.RecordBatchReader, delimiter: str) -> None:
    heading = harmless(pa.Table.from_batches([], batches.schema))
    options = pyarrow.csv.WriteOptions(delimiter=delimiter, quoting_style="needed")
    with pyarrow.csv.CSVWriter(path, heading.schema, write_options=options) as writer:
        for batch in batches:
            writer.write_table(harmless(pa.Table.from_batches([batch])))

"""Rows as the bytes of a file: CSV, made harmless for spreadsheets, and Parquet."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from segdb.formats.formulas import harmless

_PIECE = 5_000


def csv_pieces(rows: pa.Table) -> Iterator[bytes]:
    """Yield rows as CSV, its header first, so that the text is never there as a whole."""
    yield _csv(rows.slice(0, 0), header=True)
    for start in range(0, rows.num_rows, _PIECE):
        yield _csv(rows.slice(start, _PIECE), header=False)


def parquet_bytes(rows: pa.Table) -> bytes:
    """Return rows as a Parquet file."""
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(rows, buffer, compression="zstd")
    return buffer.getvalue()


def _csv(rows: pa.Table, *, header: bool) -> bytes:
    buffer = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=header)
    pyarrow.csv.write_csv(harmless(rows), buffer, options)
    return buffer.getvalue()

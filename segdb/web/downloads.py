"""Downloads: a list as CSV, a piece at a time, or as Parquet."""

from __future__ import annotations

import pyarrow as pa
from flask import Response

from segdb.report.table_bytes import csv_pieces, parquet_bytes


def csv_response(rows: pa.Table, name: str) -> Response:
    """Answer with rows as CSV, texts that a spreadsheet would run as formulas made harmless.

    The rows are in memory already, so that a slow reader keeps no turn from others.
    """
    return _attached(Response(csv_pieces(rows), mimetype="text/csv"), f"{name}.csv")


def parquet_response(rows: pa.Table, name: str) -> Response:
    """Answer with rows as Parquet."""
    response = Response(parquet_bytes(rows), mimetype="application/vnd.apache.parquet")
    return _attached(response, f"{name}.parquet")


def _attached(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

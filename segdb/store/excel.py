"""Excel: the first sheet of a workbook as columns of text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa

from segdb.errors import SourceError
from segdb.store.header import unique


def rows(paths: Sequence[Path], origin: str) -> pa.Table:
    """Return the rows of the first sheet of each workbook, every value as text.

    Raises:
        SourceError: the extra is not installed, a file is no workbook, has no rows, or the
            workbooks have different columns.
    """
    sheets = [_sheet(path) for path in paths]
    for path, sheet in zip(paths, sheets, strict=True):
        if sheet.column_names != sheets[0].column_names:
            raise SourceError(
                f"The files of {origin} have different columns: {paths[0].name} and {path.name}."
            )
    return pa.concat_tables(sheets)


def _sheet(path: Path) -> pa.Table:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise SourceError(
            f"Reading {path.name} takes one more package: pip install 'segdb[excel]'. Or save "
            "the sheet as CSV."
        ) from None
    try:
        values = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    except (CalamineError, OSError, IndexError) as error:
        raise SourceError(f"{path.name} cannot be read as a workbook: {error}.") from None
    filled = [row for row in values if any(cell not in ("", None) for cell in row)]
    if len(filled) < 2:
        raise SourceError(f"{path.name} has no rows below a header in its first sheet.")
    names = unique([_text(cell) or "" for cell in filled[0]], path.name)
    columns = zip(*filled[1:], strict=True)
    return pa.table(
        {
            n: pa.array([_text(c) for c in column], pa.string())
            for n, column in zip(names, columns, strict=True)
        }
    )


def _text(cell: Any) -> str | None:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if cell not in ("", None) else None

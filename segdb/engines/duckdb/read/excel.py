"""Excel: the sheets of a workbook that hold a table, as columns of text."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from segdb.config.source_section import FileOptions
from segdb.engines.duckdb.read.fields import header_place
from segdb.engines.duckdb.read.header import column_names
from segdb.errors import SourceError, nearest


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook that holds a table.

    Attributes:
        book: the file's name.
        name: the sheet's.
        names: of its columns.
        columns: their values; None where a cell is empty or holds an error.
        titles: rows above the header that are not empty.
        place: how many rows of the sheet stand above the header.
    """

    book: str
    name: str
    names: tuple[str, ...]
    columns: tuple[tuple[str | None, ...], ...]
    titles: int
    place: int

    @property
    def rows(self) -> int:
        """How many rows it has below the header."""
        return len(self.columns[0])

    @property
    def layout(self) -> frozenset[str]:
        """The names of its columns, whatever their order and case."""
        return frozenset(name.lower() for name in self.names)


def sheets_of(path: Path, options: FileOptions) -> list[Sheet]:
    """Return the sheets of a workbook that hold rows: those that are named, or all visible ones.

    Raises:
        SourceError: the extra is not installed, it is no workbook, has no rows or lacks a sheet.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum
    except ImportError:
        raise SourceError(
            f"Reading {path.name} takes one more package: pip install 'segdb[excel]'. Or save "
            "the sheet as CSV."
        ) from None
    try:
        book = CalamineWorkbook.from_path(str(path))
        known = [(each.name, each.visible) for each in book.sheets_metadata]
        wanted = options.sheets or [
            name for name, visible in known if visible == SheetVisibleEnum.Visible
        ]
        for name in wanted:
            if name not in book.sheet_names:
                raise SourceError(
                    f"{path.name} has no sheet '{name}', which {options.line('sheet', name)} "
                    f"names.{nearest(name, book.sheet_names)}"
                )
        cells = {name: _cells(book.get_sheet_by_name(name)) for name in wanted}
    except (CalamineError, OSError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path.name} cannot be read as a workbook: {error}.") from None
    sheets = []
    refused: SourceError | None = None
    for name, rows in cells.items():
        try:
            sheet = _sheet(path.name, name, rows, options)
        except SourceError as error:
            refused = refused or error
            continue
        if sheet:
            sheets.append(sheet)
    if refused and (options.sheets or not sheets):
        raise refused
    if not sheets:
        raise SourceError(
            f"{path.name} has no rows below a header in "
            + (f"its sheets {', '.join(wanted)}." if len(wanted) > 1 else "its sheet.")
        )
    return sheets


def _cells(sheet: Any) -> list[list[str | None]]:
    return [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _sheet(
    book: str, name: str, cells: Sequence[Sequence[str | None]], options: FileOptions
) -> Sheet | None:
    """Return a sheet as a table; None where it holds no rows below a header."""
    skip = options.skip_rows or 0
    numbered = [(place, row) for place, row in enumerate(cells) if place >= skip and any(row)]
    if not numbered:
        return None
    used = [c for c in range(len(numbered[0][1])) if any(row[c] for _, row in numbered)]
    filled = [[row[column] or "" for column in used] for _, row in numbered]
    above = 0 if options.skip_rows is not None or options.header is False else header_place(filled)
    first, rows = filled[above], filled[above + 1 :]
    names, header = column_names(first, rows, f"{book}, sheet '{name}',", options)
    rows = rows if header else filled[above:]
    # A column without a name and without values holds a title only.
    kept = [c for c, field in enumerate(first) if field or any(row[c] for row in rows)]
    if not rows or not kept:
        return None
    return Sheet(
        book,
        name,
        tuple(names[c] for c in kept),
        tuple(tuple(row[c] or None for row in rows) for c in kept),
        above,
        numbered[above][0],
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
    if isinstance(cell, timedelta):
        return str(cell)
    text = str(cell).strip() if cell is not None else ""
    return text or None

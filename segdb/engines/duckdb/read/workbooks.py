"""Workbooks: the sheets of one layout as one table, and what is left of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from segdb.checks.warning import DataWarning
from segdb.config.source_section import FileOptions
from segdb.engines.duckdb.read.excel import Sheet, sheets_of
from segdb.engines.duckdb.read.union import common_names, differences


@dataclass(frozen=True)
class Workbooks:
    """What was read of workbooks.

    Attributes:
        table: the rows of the sheets that were taken, every value as text.
        notes: what was taken, in words.
        warnings: what was left.
        options: what the settings would say of it.
    """

    table: pa.Table
    notes: tuple[str, ...]
    warnings: tuple[DataWarning, ...]
    options: dict[str, Any]


def read_workbooks(paths: Sequence[Path], origin: str, options: FileOptions) -> Workbooks:
    """Read the sheets of one layout: those that the settings name, or those with the most rows.

    Raises:
        SourceError: the extra is not installed, a file is no workbook, has no rows, lacks a sheet,
            or the columns of sheets that are named, or of workbooks, differ.
    """
    sheets = [sheet for path in paths for sheet in sheets_of(path, options)]
    chosen_sheets = sheets if options.sheets else _largest_layout(sheets)
    missing = {path.name for path in paths} - {sheet.book for sheet in chosen_sheets}
    if missing and not options.union_by_name:
        # Say how the columns differ.
        chosen_sheets = [
            max((s for s in sheets if s.book == path.name), key=_rows) for path in paths
        ]
    elif options.union_by_name and not options.sheets and len(paths) > 1:
        chosen = {sheet.layout for sheet in chosen_sheets}
        for path in paths:
            best = max((s for s in sheets if s.book == path.name), key=_rows)
            chosen.add(best.layout)
        chosen_sheets = [sheet for sheet in sheets if sheet.layout in chosen]
    several = len({sheet.book for sheet in chosen_sheets}) > 1
    by_sheet = [
        (f"{sheet.book}, sheet '{sheet.name}'" if several else f"sheet '{sheet.name}'", sheet.names)
        for sheet in chosen_sheets
    ]
    names, each = common_names(by_sheet, origin, options)
    tables = [
        pa.table(
            {
                name: pa.array(
                    sheet.columns[column_names.index(name)]
                    if name in column_names
                    else [None] * sheet.rows,
                    pa.string(),
                )
                for name in names
            }
        )
        for sheet, column_names in zip(chosen_sheets, each, strict=True)
    ]
    left = [sheet for sheet in sheets if sheet not in chosen_sheets]
    warnings = (
        *_left(left, chosen_sheets, origin, options),
        *_sums(chosen_sheets, origin, options),
    )
    notes = tuple(_notes(chosen_sheets, origin, differences(by_sheet)))
    settings = {"sheet": list(dict.fromkeys(sheet.name for sheet in chosen_sheets))} if left else {}
    return Workbooks(pa.concat_tables(tables), notes, warnings, settings)


def _rows(sheet: Sheet) -> int:
    return sheet.rows


def _largest_layout(sheets: Sequence[Sheet]) -> list[Sheet]:
    totals: dict[frozenset[str], int] = {}
    for sheet in sheets:
        totals[sheet.layout] = totals.get(sheet.layout, 0) + sheet.rows
    layout = max(totals, key=lambda each: totals[each])
    return [sheet for sheet in sheets if sheet.layout == layout]


def _left(
    left: Sequence[Sheet], chosen_sheets: Sequence[Sheet], origin: str, options: FileOptions
) -> list[DataWarning]:
    if not left:
        return []
    rows, all_rows = sum(map(_rows, left)), sum(map(_rows, (*left, *chosen_sheets)))
    shown = ", ".join(f"'{sheet.name}' ({sheet.rows:,})" for sheet in left[:5])
    words = (
        f"{origin}: {len(left)} sheet{'s' if len(left) > 1 else ''} with other columns and "
        f"{rows:,} rows left out: {shown}{', …' if left[5:] else ''}."
    )
    return [DataWarning("files", words, options.line("sheet", left[0].name), rows / all_rows)]


def _sums(chosen_sheets: Sequence[Sheet], origin: str, options: FileOptions) -> list[DataWarning]:
    """Warn of a sheet that has as many rows as all others together: it may hold the same."""
    total = sum(map(_rows, chosen_sheets))
    whole = [sheet for sheet in chosen_sheets if 2 * sheet.rows == total]
    if len(chosen_sheets) < 3 or len(whole) != 1:
        return []
    words = (
        f"{origin}: the sheet '{whole[0].name}' has as many rows ({whole[0].rows:,}) as the others "
        "together, and may hold the same orders."
    )
    return [DataWarning("files", words, options.line("sheet", whole[0].name), 0.5)]


def _notes(chosen_sheets: Sequence[Sheet], origin: str, differ: str) -> list[str]:
    notes = []
    if len(chosen_sheets) > 1:
        shown = ", ".join(f"{sheet.name} ({sheet.rows:,})" for sheet in chosen_sheets[:12])
        more = ", …" if chosen_sheets[12:] else ""
        notes.append(
            f"{origin}: {len(chosen_sheets)} sheets read together, with rows: {shown}{more}"
        )
    titled = [sheet for sheet in chosen_sheets if sheet.titles]
    if titled:
        notes.append(
            f"{origin}: rows above the header of sheet '{titled[0].name}' left out: "
            f"{titled[0].place}"
        )
    if differ:
        notes.append(f"{origin}: read by name, {differ}")
    return notes

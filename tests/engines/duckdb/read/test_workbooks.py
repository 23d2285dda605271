"""Workbooks: sheets of one layout are one table, and the others are said."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdb.config.source_section import FileOptions
from segdb.engines.duckdb.read.workbooks import read_workbooks
from segdb.errors import SourceError
from tests.engines.duckdb.read.workbook import Cells, Rows, write_workbook

HEADER: Cells = ["Customer", "Date", "Amount"]
ROWS: list[Cells] = [[f"C{i % 5}", 45000 + i, i + 0.5] for i in range(20)]
PEOPLE: list[Cells] = [["Customer", "City"], *([f"C{i}", "Rome"] for i in range(5))]


def test_months_as_sheets_are_one_table_by_name(tmp_path: Path) -> None:
    february: list[Cells] = [
        ["amount", "Customer", "Date"],
        *([row[2], row[0], row[1]] for row in ROWS),
    ]
    sheets: dict[str, Rows] = {
        "Jan": [HEADER, *ROWS], "Feb": february, "Mar": [["Sales"], HEADER, *ROWS], "Empty": [],
    }  # fmt: skip
    path = write_workbook(tmp_path / "o.xlsx", sheets)
    books = read_workbooks([path], "o.xlsx", FileOptions())
    assert books.table.column_names == HEADER
    assert books.table.to_pylist()[:20] == books.table.to_pylist()[20:40]
    assert books.table.num_rows == 60
    assert books.warnings == ()
    assert "3 sheets read together, with rows: Jan (20), Feb (20), Mar (20)" in books.notes[0]


def test_sheets_of_another_layout_are_left_and_said(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "o.xlsx", {"People": PEOPLE, "Orders": [HEADER, *ROWS]})
    books = read_workbooks([path], "o.xlsx", FileOptions(name="orders"))
    assert (books.table.num_rows, books.options) == (20, {"sheet": ["Orders"]})
    warning = books.warnings[0]
    assert (warning.code, warning.share) == ("files", 0.2)
    assert "'People' (5)" in warning.message
    assert warning.setting == '[source] sheet.orders = "People"'
    chosen = read_workbooks([path], "o.xlsx", FileOptions(sheets=("People",)))
    assert (chosen.table.num_rows, chosen.warnings) == (5, ())
    with pytest.raises(SourceError, match="union_by_name = true"):
        read_workbooks([path], "o.xlsx", FileOptions(sheets=("People", "Orders")))


def test_a_sheet_that_may_hold_all_others_is_said(tmp_path: Path) -> None:
    sheets = {"All": [HEADER, *ROWS], "1": [HEADER, *ROWS[:8]], "2": [HEADER, *ROWS[8:]]}
    books = read_workbooks([write_workbook(tmp_path / "o.xlsx", sheets)], "o", FileOptions())
    assert "'All' has as many rows (20) as the others" in books.warnings[0].message


def test_workbooks_of_other_columns(tmp_path: Path) -> None:
    wider: list[Cells] = [[*HEADER, "Note"], *([*row, "n"] for row in ROWS)]
    paths = [
        write_workbook(tmp_path / "1.xlsx", {"A": [HEADER, *ROWS]}),
        write_workbook(tmp_path / "2.xlsx", {"A": wider}),
    ]
    with pytest.raises(SourceError, match=r"'Note' is not in both.*union_by_name = true"):
        read_workbooks(paths, "?.xlsx", FileOptions())
    books = read_workbooks(paths, "?.xlsx", FileOptions(union_by_name=True))
    assert books.table.column("Note").null_count == 20
    assert books.table.num_rows == 40

"""Excel: cells as text, the header of a sheet, and what is said where there is none."""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from segdb.config.source_section import FileOptions
from segdb.engines.duckdb.read import excel
from segdb.errors import SourceError
from tests.engines.duckdb.read.workbook import Cells, write_workbook

HEADER: Cells = ["CustomerID", "When", "Paid"]
ROWS: list[Cells] = [
    ["C1", 45000, 12.5],
    ["C2", 45001, 3],
    ["C1", 45002, 4],
]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (17850.0, "17850"), (True, "true"), (12.5, "12.5"), ("", None), (None, None),
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05"), (date(2026, 1, 3), "2026-01-03"),
        (time(3, 4), "03:04:00"), (timedelta(hours=1), "1:00:00"), (" x ", "x"), (0.07, "0.07"),
    ],
)  # fmt: skip
def test_every_value_is_text(cell: Any, written: str | None) -> None:
    assert excel._text(cell) == written


def test_errors_and_blank_lines_are_none(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "a.xlsx", {"A": [HEADER, *ROWS, [None], ["C3", 45003, "#N/A"]]}
    )
    sheet = excel.sheets_of(path, FileOptions())[0]
    assert sheet.rows == 4
    assert sheet.columns[2] == ("12.5", "3", "4", None)


def test_titles_above_the_header(tmp_path: Path) -> None:
    rows: list[Cells] = [["Sales 2026"], [None], HEADER, *ROWS]
    path = write_workbook(tmp_path / "a.xlsx", {"A": rows}, first_row=3)
    sheet = excel.sheets_of(path, FileOptions())[0]
    assert (sheet.names, sheet.rows, sheet.place) == (tuple(HEADER), 3, 4)
    assert excel.sheets_of(path, FileOptions(skip_rows=4)) == [
        excel.Sheet("a.xlsx", "A", sheet.names, sheet.columns, 0, 4)
    ]


def test_a_sheet_without_a_header(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"A": ROWS})
    with pytest.raises(SourceError, match=r"sheet 'A', seems to have no header.*header = false"):
        excel.sheets_of(path, FileOptions())
    sheet = excel.sheets_of(path, FileOptions(names=("a", "b", "c")))[0]
    assert (sheet.names, sheet.rows) == (("a", "b", "c"), 3)


@pytest.mark.parametrize("rows", [[], [HEADER]])
def test_a_sheet_without_rows(tmp_path: Path, rows: list[Cells]) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"A": rows})
    with pytest.raises(SourceError, match="no rows below a header"):
        excel.sheets_of(path, FileOptions())


def test_hidden_sheets_are_read_where_they_are_named(tmp_path: Path) -> None:
    sheets = {"A": [HEADER, *ROWS], "B": [HEADER, *ROWS]}
    path = write_workbook(tmp_path / "a.xlsx", sheets, hidden=["B"])
    assert [sheet.name for sheet in excel.sheets_of(path, FileOptions())] == ["A"]
    assert [sheet.name for sheet in excel.sheets_of(path, FileOptions(sheets=("B",)))] == ["B"]
    with pytest.raises(SourceError, match=r"has no sheet 'C', which \[source\] sheet = \"C\""):
        excel.sheets_of(path, FileOptions(sheets=("C",)))


def test_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_text("x")
    with pytest.raises(SourceError, match="cannot be read as a workbook"):
        excel.sheets_of(tmp_path / "broken.xlsx", FileOptions())


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(SourceError, match=r"pip install 'segdb\[excel\]'"):
        excel.sheets_of(Path("a.xlsx"), FileOptions())

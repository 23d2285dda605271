"""Excel: the first sheet as text, and what is said without the extra."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from segdb.errors import SourceError
from segdb.store import excel

SHEET = [
    ["", "", ""],
    ["CustomerID", "When", ""],
    [17850.0, datetime(2026, 1, 2, 3, 4, 5), True],
    ["", "", ""],
    ["C1", date(2026, 1, 3), 12.5],
]


@pytest.fixture
def workbook(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A stand-in for the reader of workbooks, which is an extra."""
    module: Any = ModuleType("python_calamine")

    class CalamineError(Exception):
        pass

    class CalamineWorkbook:
        @classmethod
        def from_path(cls, path: str) -> CalamineWorkbook:
            if "broken" in path:
                raise CalamineError("no zip archive")
            return cls()

        def get_sheet_by_index(self, index: int) -> CalamineWorkbook:
            assert index == 0
            return self

        def to_python(self) -> Any:
            return module.sheet

    module.CalamineError, module.CalamineWorkbook = CalamineError, CalamineWorkbook
    module.sheet = SHEET
    monkeypatch.setitem(sys.modules, "python_calamine", module)
    return module


@pytest.mark.usefixtures("workbook")
def test_every_value_is_text_and_blank_lines_are_none() -> None:
    assert excel.rows([Path("a.xlsx")], "a.xlsx").to_pylist() == [
        {"CustomerID": "17850", "When": "2026-01-02 03:04:05", "column_3": "true"},
        {"CustomerID": "C1", "When": "2026-01-03", "column_3": "12.5"},
    ]


def test_a_sheet_without_rows(workbook: Any) -> None:
    workbook.sheet = SHEET[:2]
    with pytest.raises(SourceError, match="no rows below a header"):
        excel.rows([Path("a.xlsx")], "a.xlsx")


@pytest.mark.usefixtures("workbook")
def test_a_file_that_is_none() -> None:
    with pytest.raises(SourceError, match="no zip archive"):
        excel.rows([Path("broken.xlsx")], "broken.xlsx")


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(SourceError, match=r"pip install 'segdb\[excel\]'"):
        excel.rows([Path("a.xlsx")], "a.xlsx")


def test_a_true_workbook(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine", reason="the extra excel is not installed")
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl, which writes one, is missing")
    book = openpyxl.Workbook()
    for row in SHEET[1:3]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert excel.rows([tmp_path / "a.xlsx"], "a.xlsx").to_pylist() == [
        {"CustomerID": "17850", "When": "2026-01-02 03:04:05", "column_3": "true"}
    ]

"""Texts that no spreadsheet runs."""

from __future__ import annotations

import pyarrow as pa
import pytest

from segdb.formats.formulas import harmless


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("  =1+1", "'  =1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+44 20 7946", "'+44 20 7946"),
        ("-cmd", "'-cmd"),
        ("\t=1", "'\t=1"),
        ("＝1+1", "'＝1+1"),
        ("-12", "-12"),
        ("+1,5", "+1,5"),
        ("-1.5e-3", "-1.5e-3"),
        ("a=b", "a=b"),
        ("", ""),
        (None, None),
    ],
)
def test_what_a_spreadsheet_would_run_is_made_text(cell: str | None, written: str | None) -> None:
    rows = pa.table({"=name": pa.array([cell], pa.string()), "n": [-1]})
    assert harmless(rows).to_pylist() == [{"'=name": written, "n": -1}]

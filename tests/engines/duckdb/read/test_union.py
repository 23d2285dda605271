"""Union: columns of several files, by name."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segdb.config.source_section import FileOptions, Source
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.read.readers import read
from segdb.engines.duckdb.read.union import common_names, differences
from segdb.errors import SourceError

FILES = [("1.csv", ("id", "paid")), ("2.csv", ("Paid", "ID", "coupon"))]


def test_names_are_alike_in_any_order_and_case() -> None:
    names, each = common_names([FILES[0], ("2.csv", ("Paid", "ID"))], "*.csv", FileOptions())
    assert (names, each) == (("id", "paid"), [("id", "paid"), ("paid", "id")])


def test_columns_that_differ_take_the_line_that_is_said() -> None:
    with pytest.raises(SourceError, match=r"1\.csv and 2\.csv \('coupon' is not in both\).*true"):
        common_names(FILES, "*.csv", FileOptions())
    names, each = common_names(FILES, "*.csv", FileOptions(union_by_name=True))
    assert names == ("id", "paid", "coupon")
    assert each[1] == ("paid", "id", "coupon")
    assert differences(FILES) == "'coupon' missing in 1 of 2 files"


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_files_by_name(tmp_path: Path, ending: str) -> None:
    tables = [pa.table({"id": ["a"], "paid": ["1"]}), pa.table({"x": ["q"], "paid": ["2"]})]
    for place, table in enumerate(tables):
        if ending == "csv":
            row = table.to_pylist()[0]
            (tmp_path / f"{place}.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
        else:
            pq.write_table(table, tmp_path / f"{place}.parquet")
    store = DuckDB.memory()
    with pytest.raises(SourceError, match="union_by_name = true"):
        read(store, "orders", f"{tmp_path}/*.{ending}", Source())
    raw = read(store, "orders", f"{tmp_path}/*.{ending}", Source(union_by_name=True))
    assert store.rows(raw.table) == [
        {"id": "a", "paid": "1", "x": None},
        {"id": None, "paid": "2", "x": "q"},
    ]
    store.close()

"""The tables as files that other tools open, and that no spreadsheet runs."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet
import pytest

from segdb import contract
from segdb.config.settings import parse
from segdb.errors import UserError
from segdb.report.export import export
from tests.report.conftest import Made
from tests.report.shop import Shop, make


def test_each_table_comes_as_parquet_and_csv_with_its_rows(
    made: Callable[[str], Made], tmp_path: Path
) -> None:
    one = made("plain")
    files = export(one.store.fetch, one.settings, tmp_path / "new")
    there = {name for schema, name in one.store.tables() if schema == "segdb"}
    names = {table.name for table in contract.TABLES} & there - {"segments_live"}
    wanted = {f"{name}.{kind}" for name in names for kind in ("parquet", "csv")} | {"README.md"}
    assert {file.name for file in files} == wanted
    assert {file.name for file in (tmp_path / "new").iterdir()} == wanted
    for name in names:
        rows = one.store.rows(f"SELECT count(*) AS n FROM segdb.{name}")[0]["n"]
        assert pyarrow.parquet.read_metadata(tmp_path / "new" / f"{name}.parquet").num_rows == rows
        with (tmp_path / "new" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            assert sum(1 for _ in csv.reader(file)) == rows + 1


def test_a_live_view_whose_source_is_gone_is_in_nobodys_way(tmp_path: Path) -> None:
    store = make(tmp_path / "gone.duckdb", Shop(customers=300))
    source = tmp_path / "source.csv"
    source.write_text("x\n1\n", "utf-8")
    store.execute(f"CREATE OR REPLACE VIEW segdb.segments_live AS FROM read_csv('{source}')")
    source.unlink()
    files = export(store.fetch, parse({}), tmp_path / "out")
    assert len(files) > 20
    assert not any("segments_live" in file.name for file in files)
    store.close()


def test_parquet_holds_exactly_what_the_table_holds(
    made: Callable[[str], Made], tmp_path: Path
) -> None:
    one = made("most")
    export(one.store.fetch, one.settings, tmp_path)
    read = pyarrow.parquet.read_table(tmp_path / "segment_profiles.parquet").to_pylist()
    assert read == one.store.rows("FROM segdb.segment_profiles")


def test_no_cell_of_a_csv_begins_a_formula(made: Callable[[str], Made], tmp_path: Path) -> None:
    one = made("most")
    export(one.store.fetch, one.settings, tmp_path)
    for path in tmp_path.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            for line in csv.reader(file):
                for cell in line:
                    try:
                        float(cell)
                    except ValueError:
                        assert cell[:1] not in set("=+-@\t\r"), f"{path.name}: {cell}"


def test_the_readme_names_every_column_and_each_feature_with_its_sentence(
    made: Callable[[str], Made], tmp_path: Path
) -> None:
    one = made("plain")
    one.store.execute("COMMENT ON COLUMN segdb.customer_features.monetary IS 'Money | spent.'")
    export(one.store.fetch, one.settings, tmp_path)
    told = (tmp_path / "README.md").read_text("utf-8")
    for table in contract.TABLES:
        if (tmp_path / f"{table.name}.csv").exists():
            assert f"## {table.name}" in told
            for column in table.columns:
                assert f"| `{column.name}` |" in told
    assert r"| `monetary` | double |  | Money \| spent. |" in told


def test_a_folder_that_cannot_be_written_is_said(
    made: Callable[[str], Made], tmp_path: Path
) -> None:
    one = made("least")
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be made"):
        export(one.store.fetch, one.settings, tmp_path / "file")
    (tmp_path / "segments.parquet").mkdir()
    with pytest.raises(UserError, match=r"segments\.parquet cannot be written"):
        export(one.store.fetch, one.settings, tmp_path)
    assert not list(tmp_path.glob(".*"))

"""Files: paths and patterns, and what is said when nothing is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdb.engines.duckdb.read import files
from segdb.errors import SourceError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("orders.csv", "orders-2.csv", "customers.tsv", "notes.doc", "o[1]*'.csv"):
        (tmp_path / name).write_text("a,b\n1,2\n")
    return tmp_path


def test_a_path(folder: Path) -> None:
    found = files.find(str(folder / "orders.csv"))
    assert found is not None
    assert found.paths == (folder / "orders.csv",)
    assert (found.suffix, found.origin) == (".csv", "orders.csv")


def test_a_pattern_means_its_files_in_order(folder: Path) -> None:
    found = files.find(f"{folder}/orders*.csv")
    assert found is not None
    assert [path.name for path in found.paths] == ["orders-2.csv", "orders.csv"]
    assert found.origin == "orders*.csv (2 files)"


def test_a_file_whose_name_is_a_pattern_is_itself(folder: Path) -> None:
    found = files.find(str(folder / "o[1]*'.csv"))
    assert found is not None
    assert len(found.paths) == 1
    assert found.sql.endswith("o[[]1][*]''.csv']")


def test_gz_is_of_what_it_packs(folder: Path) -> None:
    (folder / "o.csv.gz").write_bytes(b"")
    found = files.find(str(folder / "o.csv.gz"))
    assert found is not None
    assert found.suffix == ".csv"


def test_a_folder(folder: Path) -> None:
    with pytest.raises(SourceError, match=r"is a folder.*\*\.csv"):
        files.find(str(folder))


def test_an_unknown_ending(folder: Path) -> None:
    with pytest.raises(SourceError, match=r"has '\.doc'.*csv, tsv.*SELECT"):
        files.find(str(folder / "notes.doc"))


def test_files_of_several_kinds(folder: Path) -> None:
    with pytest.raises(SourceError, match=r"several kinds \(\.csv, \.tsv\)"):
        files.find(f"{folder}/*s.?sv")


def test_a_missing_file_names_the_nearest(folder: Path) -> None:
    assert files.find(str(folder / "order.csv")) is None
    assert f"Did you mean '{folder / 'orders.csv'}'?" in str(
        files.missing(str(folder / "order.csv"))
    )


def test_a_missing_file_lists_what_is_there(folder: Path) -> None:
    assert "In that folder there is: customers.tsv" in str(files.missing(str(folder / "zzz.x")))
    assert "does not exist" in str(files.missing(str(folder / "no" / "orders.csv")))
    assert "No file matches" in str(files.missing(f"{folder}/*.parquet"))


@pytest.mark.parametrize("text", ["a\0b", "x" * 5000, "SELECT '~'", "~nobody/x.csv"])
def test_texts_that_are_no_path_are_no_file(text: str) -> None:
    assert files.find(text) is None

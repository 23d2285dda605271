"""Files: paths and patterns, and what is said when nothing is there."""

from __future__ import annotations

from pathlib import Path

import duckdb
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


def test_a_list_of_files_is_one_source_in_its_order(folder: Path) -> None:
    names = [str(folder / "orders.csv"), str(folder / "o[1]*'.csv"), f"{folder}/orders-*.csv"]
    given = files.find_each(names)
    assert [path.name for path in given.paths] == ["orders.csv", "o[1]*'.csv", "orders-2.csv"]
    assert (given.suffix, given.origin) == (".csv", "orders.csv and 2 more files")
    with duckdb.connect() as connection:
        for sql in (given.sql, given.live):
            assert connection.read_csv(str(folder / "orders.csv")).fetchall() == [(1, 2)]
            rows = connection.execute(f"SELECT count(*) FROM read_csv({sql})").fetchall()
            assert rows == [(3,)]


def test_a_list_of_one_file_is_that_file(folder: Path) -> None:
    name = str(folder / "orders.csv")
    assert files.find_each([name]) == files.find(name)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], "empty"),
        (["orders.csv", "orders.csv"], r"has orders.csv twice.*count twice"),
        (["orders-2.csv", "orders*.csv"], r"has orders-2.csv twice"),
        (["orders.csv", "orders-3.csv"], r"no file .*orders-3.csv"),
        (["orders.csv", "customers.tsv"], r"list of files matches files of several kinds"),
        (["orders.csv", ""], "no file"),
    ],
)
def test_a_list_that_cannot_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], words: str
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(SourceError, match=words):
        files.find_each(names)

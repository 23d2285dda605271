"""Guessing: files that are not UTF-8 are read whole again, and never as other characters unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdb.config.source_section import FileOptions, Source
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.read.guess_encoding import decide
from segdb.engines.duckdb.read.readers import read

NAMES = ["Müller", "Schäfer", "Größe", "Weiß"]


def rows_of(path: Path | str, expected: str | None = None) -> tuple[list[str], list[str]]:
    store = DuckDB.memory()
    raw = read(store, "orders", path, Source(), expected)
    names = [row["name"] for row in store.rows(raw.table)]
    said = [*raw.notes, *map(str, raw.warnings)]
    store.close()
    return names, said


def lines(names: list[str], codec: str) -> bytes:
    return "".join(f"{place},{name}\n" for place, name in enumerate(names)).encode(codec)


@pytest.mark.parametrize("before", [0, 40_000])
@pytest.mark.parametrize("codec", ["cp1252", "mac_roman", "utf-16-le", "utf-16-be"])
def test_what_nobody_has_set(tmp_path: Path, before: int, codec: str) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes("id,name\n".encode(codec) + lines(["Anna"] * before + NAMES, codec))
    names, said = rows_of(path)
    assert names[before:] == NAMES
    assert any("not UTF-8" in words or "UTF-16" in words for words in said)


@pytest.mark.parametrize("before", [1, 40_000])
def test_a_file_of_two_encodings_is_read_by_line(tmp_path: Path, before: int) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(b"id,name\n" + lines(["Zoë"] * before, "utf-8") + lines(NAMES, "cp1252"))
    names, said = rows_of(path)
    assert names == ["Zoë"] * before + NAMES
    assert "4 of its lines are not UTF-8 and were read as cp1252" in said[-1]


def test_a_close_call_is_a_warning_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes("id,name\n1,Sø\n".encode("cp1252"))
    warning = decide([path], "o.csv", FileOptions(name="customers")).warning
    assert warning is not None
    assert (warning.code, warning.share) == ("files", 0.5)
    assert warning.setting.startswith("[source] encoding.customers = ")


def test_files_of_one_source_are_of_one_encoding(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_bytes(b"id,name\n" + lines(["Jiří", "Dvořák", "Plzeň"], "cp1250"))
    # Alone, this one would be read as cp1252.
    (tmp_path / "2.csv").write_bytes(b"id,name\n" + lines(["Tomè".replace("è", "č")], "cp1250"))
    (tmp_path / "3.csv").write_bytes(b"id,name\n" + lines(["Zoë"], "utf-8"))
    assert rows_of(f"{tmp_path}/*.csv")[0] == ["Jiří", "Dvořák", "Plzeň", "Tomč", "Zoë"]


def test_a_refresh_reads_as_the_run_did(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes("id,name\n1,Tomč\n".encode("cp1250"))
    assert rows_of(path, "cp1250")[0] == ["Tomč"]
    path.write_text("id,name\n1,Tomč\n", "utf-8")
    assert rows_of(path, "cp1250") == (["Tomč"], [])

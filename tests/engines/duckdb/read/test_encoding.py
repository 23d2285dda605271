"""Encoding: which characters a file's bytes mean."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from segdb.engines.duckdb.read import encoding
from segdb.errors import SettingsError, SourceError

TEXT = "name;price\ncafé;5 €\n"


@pytest.mark.parametrize(
    ("written", "asked", "codec"),
    [
        ("utf-8", "utf-8", "utf-8"),
        ("utf-8-sig", "UTF8", "utf-8"),
        ("utf-16", "utf-8", "utf-16-le"),
        ("utf-16-le", "utf-16", "utf-16-le"),
        ("cp1252", "windows-1252", "cp1252"),
    ],
)
def test_a_byte_order_mark_wins_and_else_the_setting(
    tmp_path: Path, written: str, asked: str, codec: str
) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(TEXT.encode(written))
    assert encoding.codec(path, asked) == codec
    assert encoding.head(path, codec, 1000) == (TEXT, True)


def test_big_endian_is_known_by_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(("\ufeff" + TEXT).encode("utf-16-be"))
    assert encoding.codec(path, "utf-8") == "utf-16-be"
    assert encoding.native("utf-16-be") is None


def test_a_sample_may_end_within_a_character(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("é" * 100, "utf-8")
    assert encoding.head(path, "utf-8", 101) == ("é" * 50, False)


def test_wrong_bytes_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(TEXT.encode("cp1252"))
    with pytest.raises(SourceError, match=r"o\.csv, line 2.*not utf-8.*\[source\] encoding"):
        encoding.head(path, "utf-8", 1000)


def test_there_is_no_such_encoding(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no encoding 'klingon'"):
        encoding.codec(tmp_path / "o.csv", "klingon")


def test_a_copy_is_utf8_with_one_kind_of_line_end(tmp_path: Path) -> None:
    path = tmp_path / "o.csv.gz"
    path.write_bytes(gzip.compress("a\r\né\rb\n€\r".encode("cp1252")))
    with encoding.copied(path, "cp1252") as copy:
        assert copy.read_bytes().decode() == "a\né\nb\n€\n"
    assert not copy.exists()


def test_line_ends_at_the_edge_of_a_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_BLOCK", 3)
    path = tmp_path / "o.csv"
    path.write_bytes(b"ab\r\ncd\r\n\r\ne\r")
    with encoding.copied(path, "utf-8") as copy:
        assert copy.read_text() == "ab\ncd\n\ne\n"

"""Quotes: which files end within a value."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from segdb.engines.duckdb.read import quotes


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a,b\n1,x\n", None),
        ('a,b\n1,"x\ny"\n', None),
        ('a,b\n1,"x"\n\n\n', None),
        ('a,b\n1,5" pipe\n', None),
        ('a,b\n1,"x\ny",5" z\n', None),
        ('a,b\n1,"x\n2,y\n', 2),
        ('a,b\n\n1,"x""\n2,3\n', 3),
        ('a,b\n1,"c\nd"\n2,"', 4),
        ('a,b\n1,x\n"2,y\n' + "3,z\n" * 100_000, 3),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_the_line_where_the_open_value_begins(
    tmp_path: Path, content: str, line: int | None, packed: bool
) -> None:
    path = tmp_path / ("o.csv.gz" if packed else "o.csv")
    path.write_bytes(gzip.compress(content.encode()) if packed else content.encode())
    assert quotes.left_open(path, "utf-8", ",") == line
    assert quotes.count(path, "utf-8").quotes == content.count('"')


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_half_of_a_character_is_no_quote(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "o.csv"
    # In UTF-16 each of these holds the byte of a quote.
    path.write_bytes('id,name\n1,Ģirts\n2,"∀∁\n'.encode(codec))
    assert quotes.count(path, codec).quotes == 1


@pytest.mark.parametrize("block", [1, 3, 1 << 20])
def test_lines_with_nul_bytes_are_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(quotes, "_BLOCK", block)
    path = tmp_path / "o.csv"
    content = b"a,b\n1,\0\0\n2,3\n\0,4\0\n\n\0"
    path.write_bytes(content)
    assert quotes.count(path, "utf-8").nul_lines == sum(b"\0" in x for x in content.split(b"\n"))

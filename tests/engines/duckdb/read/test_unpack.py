"""Unpack: archives are read within limits, and by no name of their own."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from segdb.config.source_section import FileOptions
from segdb.engines.duckdb.read import files
from segdb.engines.duckdb.read.unpack import unpacked
from segdb.errors import SourceError

CONTENT = "id,paid\n1,2\n"


def packed(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def contents(path: Path, options: FileOptions = FileOptions()) -> list[tuple[str, str]]:  # noqa: B008
    found = files.find(str(path))
    assert found is not None
    with unpacked(found, options) as (inner, _):
        assert inner.unpacked
        return [(file.name, file.read_text()) for file in inner.paths]


def test_a_zip_of_one_file_and_junk(tmp_path: Path) -> None:
    members = {"__MACOSX/._o.csv": "junk", ".DS_Store": "x", "a/o.csv": CONTENT, "notes.md": "hi"}
    assert contents(packed(tmp_path / "o.zip", members)) == [("o.csv", CONTENT)]


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/evil.csv", "..\\..\\evil.csv", "a:b/e.csv"]
)
def test_a_name_leads_nowhere(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    ((file, content),) = contents(packed(inside / "o.zip", {name: CONTENT}))
    assert content == CONTENT
    assert "/" not in file
    assert sorted(tmp_path.rglob("*")) == [*before, inside / "o.zip"]


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({}, "it is empty"),
        ({"a.docx": "x"}, "holds no file that segdb reads: a.docx"),
        ({"a.csv": CONTENT, "b.json": "{}"}, "several kinds: a.csv, b.json"),
        ({"a.zip": "x"}, "holds no file"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, members: dict[str, str], why: str) -> None:
    with pytest.raises(SourceError, match=why):
        contents(packed(tmp_path / "o.zip", members))


def test_an_encrypted_one(tmp_path: Path) -> None:
    path = packed(tmp_path / "o.zip", {"o.csv": CONTENT})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(SourceError, match="is encrypted"):
        contents(path)


def test_a_bomb_stops_at_the_limit_whatever_its_header_says(tmp_path: Path) -> None:
    path = packed(tmp_path / "o.zip", {"o.csv": "0" * 5_000_000})
    with pytest.raises(SourceError, match=r"more than 1MB.*\[source\] max_unpacked = "):
        contents(path, FileOptions(max_unpacked="1MB"))


def test_other_ways_of_packing(tmp_path: Path) -> None:
    (tmp_path / "o.csv.bz2").write_bytes(bz2.compress(CONTENT.encode()))
    (tmp_path / "o.csv.xz").write_bytes(lzma.compress(CONTENT.encode()))
    (tmp_path / "o.parquet.gz").write_bytes(gzip.compress(CONTENT.encode()))
    with pa.CompressedOutputStream(str(tmp_path / "o.xlsx.zst"), "zstd") as out:
        out.write(CONTENT.encode())
    for name in ("o.csv.bz2", "o.csv.xz", "o.parquet.gz", "o.xlsx.zst"):
        assert contents(tmp_path / name) == [(Path(name).stem, CONTENT)]


@pytest.mark.parametrize("name", ["o.zip", "o.csv.xz"])
def test_a_broken_one(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04junk")
    with pytest.raises(SourceError, match="cannot be unpacked"):
        contents(tmp_path / name)


@pytest.mark.parametrize("name", ["o.tar.gz", "o.tgz", "o.7z", "o.rar"])
def test_archives_of_other_kinds(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(SourceError, match="Unpack it, and name the file in it"):
        files.find(str(tmp_path / name))

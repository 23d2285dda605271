"""Byte order: JSON that begins with a mark is read, and what was read is no longer there."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from segdb.config.source_section import Source
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.read.byte_order import without_marks
from segdb.engines.duckdb.read.files import Files
from segdb.engines.duckdb.read.readers import read

ROWS = [{"a": "ü☃"}, {"a": "x"}]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("name", "array"), [("o.json", True), ("o.jsonl", False), ("o.json.gz", True)]
)
def test_json_with_a_mark_is_read(tmp_path: Path, codec: str, name: str, array: bool) -> None:
    path = tmp_path / name
    text = json.dumps(ROWS, ensure_ascii=False)
    if not array:
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS)
    content = text.encode(codec)
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    store = DuckDB.memory()
    try:
        raw = read(store, "orders", path, Source())
        assert store.rows(raw.table) == ROWS
        # The engine alone cannot read it again.
        assert raw.definition is None
        assert raw.origin == name
    finally:
        store.close()


def test_copies_are_made_of_marked_files_alone_and_go(tmp_path: Path) -> None:
    plain, marked = tmp_path / "a.json", tmp_path / "b.json"
    plain.write_text("[]")
    marked.write_text("[]", encoding="utf-8-sig")
    with without_marks(Files.of(plain)) as given:
        assert given == Files.of(plain)
    both = Files((plain, marked), (str(plain), str(marked)), ".json", "both")
    with without_marks(both) as given:
        assert (given.paths[0], given.unpacked) == (plain, True)
        copy = given.paths[1]
        assert (copy.name, copy.read_bytes()) == ("b.json", b"[]")
    assert not copy.exists()

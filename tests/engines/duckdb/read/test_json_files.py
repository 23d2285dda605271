"""JSON: rows in the file, or in the array of its only object."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segdb.config.source_section import Source
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.read.readers import read
from segdb.errors import SourceError


def rows_of(path: Path | str) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    store = DuckDB.memory()
    try:
        raw = read(store, "orders", path, Source())
        rows = store.rows(raw.table)
        assert raw.definition is not None
        assert store.rows(raw.definition) == rows
        return rows, raw.notes
    finally:
        store.close()


def test_rows_within_an_answer_of_an_api(tmp_path: Path) -> None:
    path = tmp_path / "o.json"
    path.write_text('{"data": [{"a": 1, "b": {"c": "x"}}, {"a": 2}], "meta": {"count": 2}}')
    rows, notes = rows_of(path)
    assert rows == [
        {"a": "1", "b": '{"c":"x"}', "b.c": "x"},
        {"a": "2", "b": None, "b.c": None},
    ]
    assert notes == ("o.json: the rows are those of 'data'",)


def test_an_order_a_file_is_no_answer(tmp_path: Path) -> None:
    for place in range(2):
        content = f'{{"order": {place}, "items": [{{"n": 1}}, {{"n": 2}}]}}'
        (tmp_path / f"{place}.json").write_text(content)
    rows, _ = rows_of(f"{tmp_path}/*.json")
    assert [row["order"] for row in rows] == ["0", "1"]


def test_keys_of_every_file_are_columns(tmp_path: Path) -> None:
    for place in range(40):
        (tmp_path / f"{place:02d}.jsonl").write_text(f'{{"a": {place}}}\n')
    (tmp_path / "99.jsonl").write_text('{"b": 1}\n')
    rows, _ = rows_of(f"{tmp_path}/*.jsonl")
    assert rows[-1] == {"a": None, "b": "1"}


def test_keys_that_pointers_escape(tmp_path: Path) -> None:
    (tmp_path / "o.jsonl").write_text('{"a/b": {"~c": {"\'d": 1}}}\n')
    assert rows_of(tmp_path / "o.jsonl")[0][0]["a/b.~c.'d"] == "1"


def test_no_objects(tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text("[1, 2]")
    with pytest.raises(SourceError, match=r"one object a row.*SELECT unnest"):
        rows_of(tmp_path / "o.json")

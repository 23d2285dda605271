"""JSON faults: a file that was cut off says where it ends, another where it is wrong."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from segdb.config.source_section import Source
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.read.readers import read
from segdb.errors import SourceError

ROWS = [{"customer": f"c{i}", "amount": i + 0.5} for i in range(40)]
ARRAY = json.dumps(ROWS)
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)
ANSWER = json.dumps({"count": 40, "orders": ROWS}, indent=1)


def refusal(path: Path) -> str:
    store = DuckDB.memory()
    try:
        with pytest.raises(SourceError) as caught:
            read(store, "orders", path, Source())
        return str(caught.value)
    finally:
        store.close()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("name", "text"), [("a.json", ARRAY), ("l.jsonl", LINES), ("o.json", ANSWER)]
)
@pytest.mark.parametrize("share", [0.4, 0.73, 0.99])
def test_a_file_that_was_cut_off(
    tmp_path: Path, name: str, text: str, share: float, packed: bool
) -> None:
    whole = text.rstrip()
    cut = whole[: min(int(len(whole) * share), len(whole) - 1)]
    path = tmp_path / (name + ".gz" if packed else name)
    path.write_bytes(gzip.compress(cut.encode()) if packed else cut.encode())
    message = refusal(path)
    line = cut.rstrip().count("\n") + 1
    assert f"{path.name} ends in the middle: after {len(cut):,} bytes, in line {line:,}" in message
    assert repr(cut.rstrip()[-40:]) in message
    assert "unnest" not in message


def test_a_file_cut_between_two_objects_of_an_array(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(ARRAY[: ARRAY.index("}, ") + 1])
    assert "a.json ends in the middle" in refusal(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("name", "text"), [("a.json", ARRAY), ("l.jsonl", LINES), ("o.json", ANSWER)]
)
def test_a_fault_within_a_file_has_its_place(tmp_path: Path, name: str, text: str) -> None:
    wrong = text.replace('"amount": 20.5', '"amount" 20.5')
    place = wrong.index('"amount" 20.5') + len('"amount" ')
    line = wrong[:place].count("\n") + 1
    column = place - (wrong[:place].rfind("\n") + 1) + 1
    (tmp_path / name).write_text(wrong)
    message = refusal(tmp_path / name)
    assert f"{name} is not valid JSON" in message
    assert f"in line {line:,}, column {column:,}, behind" in message


@pytest.mark.parametrize("text", ["<html><body>Error 502</body></html>", "customer,amount\nc1,5\n"])
def test_what_is_something_else(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert f"a.json is not JSON: it begins with {text.strip()!r}" in refusal(tmp_path / "a.json")


@pytest.mark.parametrize("text", ["", "\n \n", "[]", "[ ]\n", "{}"])
def test_a_file_without_objects_has_no_rows(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert refusal(tmp_path / "a.json") == "a.json has no rows."

"""Nested: the leaves of objects by their path, and binary values as text."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segdb.config.source_section import Source
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.read.nested import column_names, leaves
from segdb.engines.duckdb.read.readers import read

UUID = uuid.UUID("d91dda93-518e-4163-8b47-16a1176e91ba")


@pytest.fixture
def store() -> Iterator[DuckDB]:
    opened = DuckDB.memory()
    yield opened
    opened.close()


def rows_of(store: DuckDB, source: Any) -> list[dict[str, Any]]:
    raw = read(store, "orders", source, Source())
    rows = store.rows(raw.table)
    if raw.definition:
        assert store.rows(raw.definition) == rows
    return rows


def test_leaves_to_depth_four() -> None:
    kind = ibis.dtype("struct<a: struct<b: struct<c: struct<d: struct<e: int>>>>, x: array<int>>")
    assert [path for path, _ in leaves("o", kind)] == [("o", "x")]
    deep = ibis.dtype("struct<a: struct<b: struct<c: int>>>")
    assert [path for path, _ in leaves("o", deep)] == [("o", "a", "b", "c")]
    wide = ibis.dtype("struct<" + ", ".join(f"k{i}: int" for i in range(301)) + ">")
    assert leaves("o", wide) == []


def test_a_path_takes_no_name_that_is_there() -> None:
    assert column_names([("a", "b"), ("a.b",)], ["A.B"]) == ["a.b_2", "a.b_3"]


def test_objects_of_every_kind_of_source(store: DuckDB, tmp_path: Path) -> None:
    table = pa.table({"c": ["x"], "o": [{"paid": 1.5, "in'ner": {"n": 2}}]})
    expected = {"c": "x", "o": {"paid": 1.5, "in'ner": {"n": 2}}, "o.paid": 1.5, "o.in'ner.n": 2}
    assert rows_of(store, table) == [expected]
    pq.write_table(table, tmp_path / "o.parquet")
    assert rows_of(store, tmp_path / "o.parquet") == [expected]
    assert rows_of(store, f"SELECT * FROM '{tmp_path}/o.parquet' -- all") == [expected]
    store.execute(f"CREATE TABLE t AS FROM '{tmp_path}/o.parquet'")
    assert rows_of(store, "t") == [expected]
    (tmp_path / "o.jsonl").write_text('{"c":"x","o":{"paid":1.5,"in\'ner":{"n":2},"l":[1]}}')
    assert rows_of(store, tmp_path / "o.jsonl") == [
        {
            "c": "x", "o": '{"paid":1.5,"in\'ner":{"n":2},"l":[1]}',
            "o.paid": "1.5", "o.in'ner.n": "2", "o.l": "[1]",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([UUID.bytes, None], [str(UUID), None]),
        ([b"C1", "Zoë".encode()], ["C1", "Zoë"]),
        ([b"0000000000000030"], ["0000000000000030"]),
        ([b"\x00\xff", UUID.bytes], ["00ff", UUID.hex]),
        ([b"\x01\x02"], ["0102"]),
        ([None], [None]),
    ],
)
def test_binary_values_are_text(
    store: DuckDB, tmp_path: Path, values: list[bytes | None], expected: list[str | None]
) -> None:
    table = pa.table({"id": pa.array(values, pa.binary())})
    pq.write_table(table, tmp_path / "o.parquet")
    assert [row["id"] for row in rows_of(store, tmp_path / "o.parquet")] == expected
    assert [row["id"] for row in rows_of(store, table)] == expected

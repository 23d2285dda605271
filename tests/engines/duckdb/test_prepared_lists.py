"""Prepared lists: rows of numbers in, and nothing but numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator

import duckdb
import pytest

from segdb.engines.duckdb.prepared_lists import PreparedLists


@pytest.fixture
def prepared() -> Iterator[PreparedLists]:
    sql = "SELECT unnest(CAST($a AS BIGINT[])) AS a, unnest(CAST($b AS DOUBLE[])) * 2 AS b"
    with duckdb.connect() as connection:
        yield PreparedLists(connection, 'a "name"', sql, {"a": "BIGINT", "b": "DOUBLE"})


def test_rows_come_back(prepared: PreparedLists) -> None:
    rows = prepared({"a": [0, 1, 2, 3], "b": [0.1, None, -1e300, 5e-324]})
    assert [row["a"] for row in rows] == [0, 1, 2, 3]
    assert [row["b"] for row in rows] == [0.2, None, -2e300, 1e-323]
    assert prepared({"a": [7], "b": [1]}) == [{"a": 7, "b": 2.0}]


@pytest.mark.parametrize("value", ["1", "1]; DROP TABLE t; --", math.nan, math.inf])
def test_what_is_no_number_is_refused(prepared: PreparedLists, value: object) -> None:
    with pytest.raises(ValueError, match="not a number"):
        prepared({"a": [0], "b": [value]})  # type: ignore[list-item]

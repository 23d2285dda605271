"""T-SQL without truth values and nested CTEs."""

from __future__ import annotations

import pytest
import sqlglot

from segdb.exports.tsql import fitted


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "SELECT COALESCE(a < 0, (1 = 0)) AS back FROM t",
            "SELECT IIF((IIF(a < 0, 1, 0) = 1), 1, 0) AS back FROM t",
        ),
        (
            "SELECT a IS NULL AS lacking, a FROM t",
            "SELECT IIF(a IS NULL, 1, 0) AS lacking, a FROM t",
        ),
        ("SELECT a FROM t WHERE a > 1", "SELECT a FROM t WHERE a > 1"),
        (
            "WITH u AS (SELECT a FROM t) SELECT x.a FROM u AS x, u",
            "SELECT x.a FROM (SELECT a AS a FROM t) AS x, (SELECT a AS a FROM t) AS [u]",
        ),
    ],
)
def test_what_sql_server_refuses_is_written_otherwise(written: str, expected: str) -> None:
    found = fitted(sqlglot.parse_one(written, read="tsql")).sql(dialect="tsql")
    assert found.replace("[x]", "x") == expected

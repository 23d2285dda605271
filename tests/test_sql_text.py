"""SQL text: what is quoted is read again, and tables are looked up in a schema."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segdb.sql_text import in_schema, literal, quoted


@settings(deadline=None)
@example("it's '' \\' \"quoted\"")
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_names_and_texts_survive_quoting(text: str) -> None:
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT {literal(text)}").fetchall() == [(text,)]
        if text:
            connection.execute(f"SELECT 1 AS {quoted(text)}")
            assert connection.description[0][0] == text
            connection.fetchall()


@pytest.mark.parametrize(
    ("sql", "arguments", "moved"),
    [
        ("FROM segdb.runs", {}, 'SELECT * FROM "b c".runs'),
        ("FROM runs", {}, "FROM runs"),
        ("FROM runs JOIN mine", {"written": "", "tables": {"runs"}}, 'FROM "b c".runs, mine'),
        ("FROM segdb.runs", {"written": "", "tables": {"runs"}}, "FROM segdb.runs"),
        ("WITH Runs AS (SELECT 1) FROM runs", {"written": "", "tables": {"runs"}}, "FROM runs"),
        ("no SQL (", {}, "no SQL ("),
    ],
)
def test_tables_are_looked_up_in_the_schema(
    sql: str, arguments: dict[str, Any], moved: str
) -> None:
    written = " ".join(in_schema(sql, "b c", **arguments).split())
    assert written.endswith(moved)
    assert in_schema(sql, "segdb") == sql

"""Compiling: SQL for readers and for engines, and what is said in another way to DuckDB."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segdb.sql import to_sql
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


def test_sql_is_laid_out_for_readers_alone() -> None:
    query = ibis.table({"a": "int64", "b": "int64"}, name="t").select("a")
    assert "\n" in to_sql(query)
    assert "\n" not in to_sql(query, pretty=False)
    assert "`a`" in to_sql(query, "databricks")


def test_an_expression_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    to_text = ibis.to_sql

    def count(expression: ir.Expr, **options: Any) -> str:
        compiled.append(str(to_text(expression, **options)))
        return compiled[-1]

    monkeypatch.setattr(ibis, "to_sql", count)

    def query(value: object) -> ir.Table:
        return ibis.table({"a": "int64"}, name="compiled_once").mutate(b=ibis.literal(value))

    texts = [to_sql(query(1)), to_sql(query(1)), to_sql(query(1))]
    assert len(set(texts)) == len(compiled) == 1
    # What Python takes for equal, or is written otherwise, is compiled by itself.
    others = [to_sql(query(1.0)), to_sql(query(True)), to_sql(query(1), pretty=False)]
    others.append(to_sql(query(1), "databricks"))
    assert len({*texts, *others}) == len(compiled) == 5


def test_now_is_in_utc_whatever_the_zone_of_the_session() -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Asia/Tokyo'; CREATE TABLE t AS SELECT 1 AS one")
        table = ibis.table({"one": "int64"}, name="t")
        sql = to_sql(table.select(now=ibis.now().cast("timestamp(6)")))
        [(now,)] = connection.execute(sql).fetchall()
    assert abs(datetime.now(UTC).replace(tzinfo=None) - now) < timedelta(minutes=5)


@settings(deadline=None)
@example(["", " ", "\t", "\n", "!", " !", "! ", "\u00a0x", "\r\nx\f", "x\v", "\x1cx"])
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4)))
def test_texts_are_stripped_as_the_dialect_says(texts: list[str]) -> None:
    table = ibis.table({"v": "string"}, name="t")
    stripped = table.select(v=table.v.strip())
    with duckdb.connect() as connection:
        connection.register("t", pa.table({"v": pa.array([*texts, None], pa.string())}))
        own = connection.execute(to_sql(stripped)).fetchall()
        plain = connection.execute(str(ibis.to_sql(stripped, dialect="duckdb"))).fetchall()
    assert own == plain == [(text.strip(" \t\n\r\v\f"),) for text in texts] + [(None,)]

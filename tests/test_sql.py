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

"""SQL that is written for one schema, asked in another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from segdb.charts.chart import Field, Query
from segdb.report.published import Published, plain


def door(tables: tuple[str, ...], asked: list[str]) -> Published:
    def ask(sql: str) -> pa.Table:
        asked.append(sql)
        if "information_schema" in sql:
            return pa.table({"table_name": list(tables)})
        if "feature_parameters" in sql:
            return pa.table({"feature": ["frequency"]})
        return pa.table({"n": [1]})

    return Published(ask, 'it\'s "mine"')


def test_tables_are_asked_for_in_the_schema_of_the_settings() -> None:
    asked: list[str] = []
    published = door(("runs", "feature_parameters"), asked)
    published.rows("SELECT n FROM segdb.runs AS segdb -- segdb.runs")
    assert "'it''s \"mine\"'" in asked[0]
    assert '"it\'s ""mine""".runs AS segdb' in asked[-1]
    assert "segdb.runs AS" not in asked[-1]


def test_what_is_not_published_has_no_rows() -> None:
    published = door(("feature_parameters", "runs"), [])
    assert published.rows_or_empty("SELECT 1 FROM segdb.segments") == []
    assert published.rows_or_empty("SELECT 1 FROM segdb.runs") == [{"n": 1}]
    fields = (Field("n", "N"),)
    sql = "SELECT n FROM segdb.runs"
    assert published.of(Query("q", sql, fields, needs=("frequency",))) == [{"n": 1}]
    assert published.of(Query("q", sql, fields, needs=("monetary",))) == []


def test_a_name_of_a_table_in_a_text_is_left_alone() -> None:
    published = door(("runs",), [])
    assert "'segdb.runs'" in published.sql("SELECT 'segdb.runs' FROM segdb.runs")


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (Decimal(3), 3),
        (Decimal("3.5"), 3.5),
        (float("nan"), None),
        (float("inf"), None),
        (date(2024, 1, 2), "2024-01-02"),
        ("text", "text"),
    ],
)
def test_values_are_plain(value: object, result: object) -> None:
    assert plain(value) == result
    assert type(plain(value)) is type(result)

"""Sentinels: an extreme that many share and that stands for a missing value."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pytest

from segdb.checks.warning import DataWarning
from segdb.inspect.sentinels import sentinels
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import ColumnReading, Reading
from segdb.sql import to_sql
from tests.inspect.conftest import Tables

AGES = [18 + n % 80 for n in range(100)]


def said(table: Tables, ask: Ask, column: str, values: Any, **others: Any) -> list[DataWarning]:
    columns = {"id": pa.array(range(len(values))), column: pa.array(values)}
    columns |= {name: pa.array(given) for name, given in others.items()}
    reading = Reading(
        tuple(ColumnReading(name, "native") for name in columns), {"customer_id": "id"}
    )
    return sentinels(table(columns), reading, [column], ask, "people.csv")


def test_who_shares_it_lacks_the_rest(table: Tables, ask: Ask) -> None:
    # As in the customers of Starbucks: 118, and neither income nor gender.
    ages = [*AGES, *[118] * 15]
    incomes = [*[50_000.0 + n for n in range(100)], *[None] * 15]
    (warning,) = said(table, ask, "age", ages, income=incomes)
    assert "15 of 115 customers (13.0%) have 118" in warning.message
    assert "Most of them lack income." in warning.message
    assert warning.setting.startswith('[source] null_values_by_column = {age = ["118"]}')
    assert warning.share == pytest.approx(15 / 115)


@pytest.mark.parametrize(
    ("column", "values", "shown"),
    [
        ("age", [*AGES, *[999] * 5], "999"),
        ("age", [*AGES, *[-1] * 5], "-1"),
        ("age", [*AGES, *[0] * 5], "0"),
        ("Year Income", [*(20_000 + n for n in range(100)), *[0] * 9], "0"),
        ("score", [*AGES, *[9999.0] * 7], "9999"),
    ],
)
def test_it_lies_far_outside(
    table: Tables, ask: Ask, column: str, values: list[float], shown: str
) -> None:
    (warning,) = said(table, ask, column, values)
    assert f"have {shown};" in warning.message


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("age", [*AGES, 118, 119]),
        ("orders", [*AGES, *[0] * 30]),
        ("balance", [*AGES, *[-5] * 30]),
        ("balance", [float(n) for n in range(-50, 50)]),
        ("age", [*AGES, *[118] * 15]),
        ("flag", [0, 1] * 50),
        ("score", [*AGES, 9999]),
        ("empty", [None, 1.0, 2.0]),
    ],
)
def test_what_is_none(table: Tables, ask: Ask, column: str, values: list[float]) -> None:
    assert said(table, ask, column, values) == []


def test_a_wide_table_is_asked_in_short_queries(table: Tables, ask: Ask) -> None:
    """Asked for each pair of columns at once, 25 columns of text took minutes to plan."""
    lengths = []

    def measured(query: ir.Table) -> pa.Table:
        lengths.append(len(to_sql(query)))
        return ask(query)

    names = [f"c{at}" for at in range(40)]
    columns = {name: [str(row % 7 + at) for row in range(300)] for at, name in enumerate(names)}
    reading = Reading(tuple(ColumnReading(name, "number") for name in names), {})
    sentinels(table({n: pa.array(v) for n, v in columns.items()}), reading, names, measured, "t")
    assert max(lengths) < 10_000 * len(names)

"""Rules as SQL: they run on DuckDB, and their figures are a recount's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import sqlglot

import segdb
from segdb.segment_rule import to_sql
from segdb.steps.describe.rules import rule
from tests.steps import shops


@pytest.fixture(scope="module", params=["orders", "both"])
def result(request: pytest.FixtureRequest) -> Iterator[segdb.Result]:
    with shops.opened() as connection:
        settings = shops.settings(request.param, cluster={"k": 5, "n_init": 2})
        given: dict[str, Any] = shops.sources(request.param)
        yield segdb.run(**given, database=connection, settings=settings)


def test_precision_and_recall_are_a_recount(result: segdb.Result) -> None:
    rows = [row for row in result.segments if row["rule"] is not None]
    assert len(rows) >= 3
    for row in rows:
        assert isinstance(sqlglot.parse_one(row["rule"], read="duckdb"), sqlglot.exp.Expression)
        found = result.query(
            f"SELECT segment_id FROM segdb.segments JOIN segdb.customer_features "
            f"USING (customer_id) WHERE {row['rule']}"
        )["segment_id"].to_pylist()
        own = found.count(row["segment_id"])
        assert row["rule_precision"] == pytest.approx(own / len(found), rel=1e-12)
        assert row["rule_recall"] == pytest.approx(own / row["customers"], rel=1e-12)


def test_a_rule_is_short_and_says_nothing_twice(result: segdb.Result) -> None:
    for row in result.segments:
        text = row["rule"] or ""
        assert text.count(" AND ") + text.count(" OR ") <= 8
        assert "coalesce" not in text


@pytest.mark.parametrize(
    ("fill", "missing", "told"),
    [
        (5.0, 0, "monetary > 3 AND monetary <= 8.5"),
        (5.0, 7, "(monetary IS NULL OR monetary > 3 AND monetary <= 8.5)"),
        (9.0, 7, "monetary > 3 AND monetary <= 8.5"),
    ],
)
def test_a_missing_feature_counts_as_its_fill(fill: float, missing: int, told: str) -> None:
    boxes = ({"monetary": (3.0, 8.5)},)
    assert to_sql(rule(boxes, {"monetary": fill}, {"monetary": missing})) == told


def test_a_category_is_there_or_not() -> None:
    boxes = {"card_gold": (0.5, np.inf)}, {"card_gold": (-np.inf, 0.5)}
    told = to_sql(rule(boxes, {"card_gold": 0.0}, {"card_gold": 0}, {"card_gold"}))
    assert told == '("card_gold" = 1) OR ("card_gold" = 0)'

"""Sums of many terms: the same value, and never so deep that planning them takes long."""

from __future__ import annotations

import duckdb
import ibis
import ibis.expr.operations as ops
import pytest

from segdb.expressions.assign import assign
from segdb.expressions.shallow_sums import added
from segdb.sql import to_sql

COLUMNS = [f"x_{place}" for place in range(300)]


def table(columns: int) -> ibis.Table:
    return ibis.table(dict.fromkeys(COLUMNS[:columns], "float64"), name="wide")


def depth(node: ops.Node) -> int:
    """How many additions lie one in the other."""
    inner = max((depth(part) for part in node.__children__), default=0)
    return inner + isinstance(node, ops.Add)


@pytest.mark.parametrize("terms", [1, 2, 8, 9, 64, 65, 300])
def test_it_is_the_sum_of_the_terms(terms: int) -> None:
    wide = table(terms)
    total = added([wide[name] for name in wide.columns])
    values = ", ".join(f"{place} + 0.5 AS {name}" for place, name in enumerate(wide.columns))
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE wide AS SELECT {values}")
        found = connection.execute(to_sql(wide.select(total=total))).fetchall()
    assert found == [(terms * terms / 2,)]


def test_few_terms_are_written_as_anybody_would() -> None:
    wide = table(3)
    sql = to_sql(wide.select(total=added([wide[name] for name in wide.columns])), pretty=False)
    assert '"t0"."x_0" + "t0"."x_1" + "t0"."x_2"' in sql.replace("(", "").replace(")", "")


def test_many_terms_are_a_shallow_sum() -> None:
    wide = table(300)
    # Three levels of at most eight terms each; one after the other it would be 299.
    assert depth(added([wide[name] for name in wide.columns]).op()) <= 3 * 7


def test_a_distance_over_many_columns_is_shallow() -> None:
    placed = assign(table(300), COLUMNS, [[0.0] * 300, [1.0] * 300])
    assert max(depth(node) for node in placed.op().find(ops.Add)) <= 3 * 7

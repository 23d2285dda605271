"""No digit is lost where numbers are small, and nothing overflows."""

from __future__ import annotations

import math

import ibis
import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.precise import log_of_more_than_one, log_of_rest, share_that_ends

SMALL = (0.0, 1e-300, 1e-17, 1e-9, 1e-4, 0.0099999, 0.01, 0.3, 0.999999)


@pytest.mark.parametrize("value", [*SMALL, 5.0, 1e12])
def test_against_the_library_of_c(store: DuckDB, value: float) -> None:
    one = ibis.literal(value, "float64")
    columns = {"more": log_of_more_than_one(one), "ends": share_that_ends(one)}
    if value < 1:
        columns["rest"] = log_of_rest(one)
    table = store.table("one", "SELECT 1 AS only")
    row = store.rows(table.select(**columns))[0]
    assert row["more"] == pytest.approx(math.log1p(value), rel=4e-16 * 8)
    assert row["ends"] == pytest.approx(-math.expm1(-value), rel=4e-16 * 8)
    if value < 1:
        assert row["rest"] == pytest.approx(math.log1p(-value), rel=2e-10)

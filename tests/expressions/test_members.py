"""Members: each comparison and each rhythm against the same in pandas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb
import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest

from segdb.config.traits import trait_of
from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.members import (
    has,
    lies,
    on_the_whole,
    own_gap,
    shares,
    usual_gap,
    with_rhythm,
)

ROWS = pd.DataFrame(
    {
        "customer_id": np.arange(12),
        "nearest": [0, 1] * 6,
        "recency_days": [0.0, 3, 9, 40, 100, 200, 1, 30, 60, 5, 80, 7],
        "tenure_days": [0.0, 90, 9, 100, 101, 900, 31, 30, 200, 5, 380, 8],
        "frequency": [1.0, 4, 3, 3, 2, 9, 2, 1, 5, 2, 4, 2],
        "days_between_orders": [
            None,
            29.0,
            0.2,
            30.0,
            0.7,
            87.5,
            30.0,
            None,
            35.0,
            0.1,
            100.0,
            1.0,
        ],
        "monetary": [5.0, 8, None, 20, 3, 50, 9, 1, 30, 4, 25, 7],
    }
)
GAP = ROWS.days_between_orders.where(ROWS.days_between_orders * (ROWS.frequency - 1) >= 1)


@pytest.fixture
def store() -> Iterator[DuckDB]:
    with duckdb.connect() as connection:
        connection.register("frame", ROWS)
        connection.execute("CREATE TABLE members AS SELECT * FROM frame").fetchall()
        yield DuckDB(connection)


def members(store: DuckDB) -> ir.Table:
    return with_rhythm(store.unbound("members", "members"))


def by_customer(store: DuckDB, value: ir.Value) -> list[object]:
    table = members(store)
    rows = store.rows(table.select("customer_id", value=value).order_by("customer_id"))
    return [row["value"] for row in rows]


def test_orders_of_one_day_make_no_rhythm(store: DuckDB) -> None:
    table = members(store)
    got = pd.Series(by_customer(store, table.own_gap_days), dtype=float)
    pd.testing.assert_series_equal(got, GAP, check_names=False)
    since = pd.Series(by_customer(store, table.gaps_since_last), dtype=float)
    expected = ROWS.recency_days / GAP.clip(lower=1)
    pd.testing.assert_series_equal(since, expected, check_names=False)
    assert store.rows(usual_gap(table)) == [{"gap": GAP.median(), "customers": GAP.count()}]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["tenure_days", "recency_days", "frequency"], True),
        (["days_between_orders"], True),
        (["tenure_days", "recency_days"], False),
        (["frequency", "recency_days"], False),
    ],
)
def test_the_rhythm_is_of_what_there_is(
    store: DuckDB, columns: list[str], *, expected: bool
) -> None:
    table = store.unbound("members", "members").select("customer_id", *columns)
    gap = own_gap(table)
    assert (gap is not None) is expected
    assert with_rhythm(table).columns[-2:] == ("own_gap_days", "gaps_since_last")


UNIT: Mapping[tuple[str, str], float] = {
    ("median", "monetary"): 8.0,
    ("gap", "recency_days"): 30.0,
}
R, F, M = ROWS.recency_days, ROWS.frequency, ROWS.monetary


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["frequency >= 4"], F >= 4),
        (["frequency > 4"], F > 4),
        (["frequency < 2"], F < 2),
        (["recency_days <= 5 or recency_days <= 1.5 gap"], R <= 45),
        (["frequency >= 2", "monetary > 1 median"], (F >= 2) & (M > 8)),
        # Who lacks a feature, and whom nothing is known of, is not claimed to be anything.
        (["monetary < 1 median"], M < 8),
        (["gaps_since_last <= 2"], 2 * GAP.clip(lower=1) >= R),
        (["frequency >= 1 median"], F < 0),
        (["visits >= 1 or frequency >= 4"], F >= 4),
    ],
)
def test_a_trait_holds_for_whom_all_its_texts_do(
    store: DuckDB, texts: list[str], expected: pd.Series[bool]
) -> None:
    flag = has(members(store), trait_of(texts), UNIT)
    rows = store.rows(members(store).group_by("nearest").agg(**shares({"share": flag})))
    got = {row["nearest"]: row.get("share", 0.0) for row in rows}
    wanted = expected.groupby(ROWS.nearest).mean().to_dict()
    assert (got or {0: 0.0, 1: 0.0}) == pytest.approx(wanted)


def test_what_holds_for_nobody_has_no_column(store: DuckDB) -> None:
    table = members(store)
    assert shares({"share": has(table, trait_of(["visits >= 1"]), UNIT)}) == {}
    assert shares({"share": ibis.literal(False)}) == {}


@pytest.mark.parametrize("high", [True, False])
def test_on_the_whole_above_the_median(store: DuckDB, *, high: bool) -> None:
    standard = {"monetary": (8.0, 10.0), "frequency": (2.5, 2.0)}
    got = by_customer(store, on_the_whole(members(store), standard, high=high))
    total = ((M - 8) / 10).fillna(0) + (F - 2.5) / 2
    assert got == (total > 0 if high else total < 0).tolist()


def test_a_missing_value_lies_nowhere(store: DuckDB) -> None:
    table = members(store)
    above, below = (by_customer(store, lies(table.monetary, 8.0, above=up)) for up in (True, False))
    assert (above, below) == ((M > 8).tolist(), (M < 8).tolist())

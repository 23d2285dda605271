"""Scores by fifths, and the classic grid."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdb.compile import to_sql
from segdb.features.rfm import GRID, SCORES, scored

FEATURES = ("recency_days", "frequency", "monetary")
TABLE = ibis.table({"customer_id": "int64", **dict.fromkeys(FEATURES, "float64")}, name="features")


def scores_of(
    columns: Mapping[str, list[float]],
) -> tuple[dict[str, tuple[float, ...]], list[dict[str, object]]]:
    ids = list(range(len(columns["frequency"])))
    edges = {
        name: tuple(np.percentile(columns[name], [20, 40, 60, 80]).tolist()) for name in FEATURES
    }
    with duckdb.connect() as connection:
        connection.register("features", pa.table({"customer_id": ids, **columns}))
        ordered = scored(TABLE, edges).order_by("customer_id")
        return edges, connection.sql(to_sql(ordered)).to_arrow_table().to_pylist()


def test_scores_are_fifths() -> None:
    draw = np.random.default_rng(1)
    columns = {name: draw.permutation(500).astype(float).tolist() for name in FEATURES}
    edges, rows = scores_of(columns)
    for score, feature, higher in SCORES:
        above = np.searchsorted(edges[feature], columns[feature], side="left")
        assert [row[score] for row in rows] == (above + 1 if higher else 5 - above).tolist()
        assert np.bincount([int(str(row[score])) for row in rows]).tolist() == [0] + [100] * 5
    best = rows[int(np.argmin(columns["recency_days"]))]
    assert best["r_score"] == 5


def test_a_value_on_an_edge_is_not_above_it() -> None:
    # Where everyone bought once, nobody bought often.
    columns = dict.fromkeys(FEATURES, [1.0] * 9)
    assert {(r["r_score"], r["f_score"], r["m_score"]) for r in scores_of(columns)[1]} == {
        (5, 1, 1)
    }
    edges = dict.fromkeys(FEATURES, (1.0, 2.0, 3.0, 4.0))
    values = [1.0, 1.5, 2.0, 4.0, 4.5]
    with duckdb.connect() as connection:
        table = pa.table({"customer_id": range(5), **dict.fromkeys(FEATURES, values)})
        connection.register("features", table)
        ordered = scored(TABLE, edges).order_by("customer_id")
        found = connection.sql(to_sql(ordered)).to_arrow_table().to_pydict()
    assert found["f_score"] == found["m_score"] == [1, 2, 2, 4, 5]
    assert found["r_score"] == [5, 4, 4, 2, 1]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(1, 4), st.floats(-10, 10)), min_size=1, max_size=40
    )
)
def test_equal_values_get_equal_scores_in_their_order(rows: list[tuple[int, int, float]]) -> None:
    columns = {name: [float(row[i]) for row in rows] for i, name in enumerate(FEATURES)}
    _, scored_rows = scores_of(columns)
    for score, feature, higher in SCORES:
        pairs = sorted(
            zip(columns[feature], (int(str(r[score])) for r in scored_rows), strict=True)
        )
        assert all(1 <= s <= 5 for _, s in pairs)
        for (low, first), (high, second) in pairwise(pairs):
            assert (first <= second) == higher or first == second
            assert low < high or first == second
    for row in scored_rows:
        r, f = int(str(row["r_score"])), int(str(row["f_score"]))
        assert row["rfm_segment"] == GRID[r][f - 1]


def test_the_grid_is_complete() -> None:
    assert set(GRID) == {1, 2, 3, 4, 5}
    assert all(len(row) == 5 and all(row) for row in GRID.values())
    assert GRID[5][4] == "Champion"
    assert GRID[1][0] == "Hibernating"


@pytest.mark.parametrize("absent", FEATURES)
def test_what_was_not_computed_has_no_score(absent: str) -> None:
    names = [name for name in FEATURES if name != absent]
    table = TABLE.select("customer_id", *names)
    edges = dict.fromkeys(names, (1.0, 2.0, 3.0, 4.0))
    with duckdb.connect() as connection:
        one = {"customer_id": [1], **{name: [2.5] for name in names}}
        connection.register("features", pa.table(one))
        row = connection.sql(to_sql(scored(table, edges))).to_arrow_table().to_pylist()[0]
    for score, feature, _ in SCORES:
        assert (row[score] is None) == (feature == absent)
    assert (row["rfm_segment"] is None) == (absent != "monetary")


def test_nothing_to_score() -> None:
    assert scored(TABLE, {}).schema()["r_score"] == ibis.dtype("int32")

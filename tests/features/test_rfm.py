"""Scores by fifths, and the classic grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdb.features.rfm import GRID, SCORES, RfmRules, fifth, grid, group_ends, scored
from segdb.sql import to_sql
from tests.depth import examples

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


@settings(max_examples=examples(15), deadline=None)
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


def fetched(
    columns: Mapping[str, Sequence[float | None]],
    edges: Mapping[str, Sequence[float]],
    rules: RfmRules,
) -> list[dict[str, Any]]:
    ids = list(range(len(columns["frequency"])))
    with duckdb.connect() as connection:
        table = {name: pa.array(columns[name], pa.float64()) for name in FEATURES}
        connection.register("features", pa.table({"customer_id": ids, **table}))
        ordered = scored(TABLE, edges, rules).order_by("customer_id")
        rows: list[dict[str, Any]] = connection.sql(to_sql(ordered)).to_arrow_table().to_pylist()
        return rows


def ntile(values: Sequence[float | None], bins: int) -> list[int | None]:
    """SQL's NTILE over the value, then the place; NULL is in no group."""
    order = sorted((v, i) for i, v in enumerate(values) if v is not None)
    groups: list[int | None] = [None] * len(values)
    for group, part in enumerate(np.array_split(np.array([i for _, i in order]), bins), start=1):
        for place in part:
            groups[int(place)] = group
    return groups


@pytest.mark.parametrize("bins", range(2, 11))
@pytest.mark.parametrize("customers", [1, 7, 103])
def test_scores_by_rank_are_of_equal_size(bins: int, customers: int) -> None:
    draw = np.random.default_rng(bins)
    columns = {
        name: [None if v == 4 else float(v) for v in draw.integers(0, 5, customers)]
        for name in FEATURES
    }
    edges = dict.fromkeys(FEATURES, (0.0,) * (bins - 1))
    rows = fetched(columns, edges, RfmRules(ranked=FEATURES))
    for score, feature, higher in SCORES:
        groups = ntile(columns[feature], bins)
        wanted = [None if g is None else g if higher else bins + 1 - g for g in groups]
        assert [row[score] for row in rows] == wanted
        sizes = Counter(g for g in groups if g is not None)
        assert not sizes or max(sizes.values()) - min(sizes.values()) <= 1


def test_the_ends_of_the_groups_are_the_edges() -> None:
    values = [5.0, 1.0, 1.0, 9.0, 7.0, 3.0, 3.0]
    with duckdb.connect() as connection:
        rows = pa.table({"customer_id": range(7), **dict.fromkeys(FEATURES, values)})
        connection.register("features", rows)
        ends = connection.sql(to_sql(group_ends(TABLE, "monetary", 3))).to_arrow_table()
    assert ends["value"].to_pylist() == [3.0, 5.0, 9.0]


@pytest.mark.parametrize("bins", range(2, 11))
def test_own_edges_of_any_number(bins: int) -> None:
    edges = tuple(10.0 * i for i in range(1, bins))
    values = [float(v) for v in range(0, 10 * bins + 5, 5)]
    rows = fetched(dict.fromkeys(FEATURES, values), dict.fromkeys(FEATURES, edges), RfmRules())
    above = [sum(v > edge for edge in edges) for v in values]
    assert [row["f_score"] for row in rows] == [a + 1 for a in above]
    assert [row["r_score"] for row in rows] == [bins - a for a in above]
    assert all(row["rfm_segment"] for row in rows)


@pytest.mark.parametrize("recency", range(2, 11))
@pytest.mark.parametrize("frequency", [2, 5, 10])
def test_the_grid_is_scaled_to_any_number_of_scores(recency: int, frequency: int) -> None:
    cells = grid(recency, frequency)
    assert set(cells) == {(r, f) for r in range(1, recency + 1) for f in range(1, frequency + 1)}
    assert set(cells.values()) <= {name for row in GRID.values() for name in row}
    for (r, f), name in cells.items():
        # The fifth that holds the middle of the group.
        middle = ((r - 0.5) / recency, (f - 0.5) / frequency)
        row, column = (next(i for i in range(1, 6) if m < i / 5) for m in middle)
        assert name == GRID[row][column - 1]


def test_five_scores_are_the_fifths_themselves() -> None:
    assert grid(5, 5) == {(r, f): GRID[r][f - 1] for r in GRID for f in range(1, 6)}
    assert [fifth(score, 4) for score in range(1, 5)] == [1, 2, 4, 5]
    assert [fifth(score, 10) for score in range(1, 11)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


HOSTILE = "'); DROP TABLE features; -- \" {{ x }} <script> \\ 😀"


def test_the_first_rule_that_holds_names_the_customer() -> None:
    rules = RfmRules(
        segments=(
            (HOSTILE, "M_SCORE >= 4 AND recency_days < 30"),
            ("Often", "frequency > 3 OR NULL"),
            ("Never", "monetary / 0 > 1 AND false"),
        ),
        other="The others'",
    )
    draw = np.random.default_rng(2)
    columns = {name: draw.uniform(0, 60, 200).round().tolist() for name in FEATURES}
    columns["frequency"] = [None if v > 50 else v / 10 for v in columns["frequency"]]
    edges = dict.fromkeys(FEATURES, (10.0, 20.0, 30.0, 40.0))
    rows = fetched(columns, edges, rules)
    for row in rows:
        wanted = "The others'"
        if row["frequency"] is not None and row["frequency"] > 3:
            wanted = "Often"
        if row["m_score"] >= 4 and row["recency_days"] < 30:
            wanted = HOSTILE
        assert row["rfm_segment"] == wanted
    assert {row["rfm_segment"] for row in rows} == {HOSTILE, "Often", "The others'"}

"""Drift: deciles, bins and the population stability index, against NumPy and a worked example."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import duckdb
import ibis
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.drift import LEAST_SHARE, MISSING, binned, deciles, stability_index
from segdb.sql import to_sql
from tests.depth import examples

Bins = Mapping[str, Mapping[int, int]]
BINNED = {"feature": "string", "bin": "int32", "customers": "int64"}


@pytest.fixture
def store() -> DuckDB:
    return DuckDB(duckdb.connect())


def psi(then: Sequence[int], now: Sequence[int]) -> float:
    """The index in NumPy."""
    e = np.maximum(np.asarray(then) / np.sum(then), LEAST_SHARE)
    a = np.maximum(np.asarray(now) / np.sum(now), LEAST_SHARE)
    return float(np.sum((a - e) * np.log(a / e)))


def index(store: DuckDB, then: Bins, now: Bins) -> dict[str, float]:
    for name, counts in (("expected", then), ("actual", now)):
        store.execute(
            f"CREATE OR REPLACE TABLE {name} (feature VARCHAR, bin INTEGER, customers BIGINT)"
        )
        for feature, bins in counts.items():
            for place, count in bins.items():
                store.execute(f"INSERT INTO {name} VALUES ('{feature}', {place}, {count})")
    tables = (ibis.table(BINNED, name=name) for name in ("expected", "actual"))
    return {row["feature"]: row["psi"] for row in store.rows(stability_index(*tables))}


def test_a_worked_example(store: DuckDB) -> None:
    # 50 : 30 : 20 becomes 40 : 30 : 30, by hand.
    expected = (0.4 - 0.5) * math.log(0.4 / 0.5) + (0.3 - 0.2) * math.log(0.3 / 0.2)
    then, now = {"a": {0: 500, 1: 300, 2: 200}}, {"a": {0: 40, 1: 30, 2: 30}}
    assert index(store, then, now) == {"a": pytest.approx(expected)}
    assert index(store, now, then) == {"a": pytest.approx(expected)}


def test_nothing_moved(store: DuckDB) -> None:
    then = {"a": {0: 5, 3: 7}, "b": {MISSING: 2, 0: 2}}
    now = {"a": {0: 50, 3: 70}, "b": {MISSING: 1, 0: 1}}
    assert index(store, then, now) == {"a": pytest.approx(0), "b": pytest.approx(0)}


def test_a_bin_that_one_of_them_lacks_is_empty(store: DuckDB) -> None:
    found = index(store, {"a": {0: 10}}, {"a": {0: 5, 4: 5}})
    # By hand: a share of nothing counts as 0.0001.
    expected = (0.5 - 1.0) * math.log(0.5) + (0.5 - 0.0001) * math.log(0.5 / 0.0001)
    assert found == {"a": pytest.approx(expected)}
    assert psi([10, 0], [5, 5]) == pytest.approx(expected)


COUNTS = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=1, max_size=12
).filter(lambda pairs: all(sum(side) for side in zip(*pairs, strict=True)))


@settings(deadline=None, max_examples=examples(40))
@given(pairs=COUNTS)
def test_it_is_numpys(pairs: list[tuple[int, int]]) -> None:
    then, now = zip(*pairs, strict=True)
    with duckdb.connect() as connection:
        found = index(DuckDB(connection), {"a": dict(enumerate(then))}, {"a": dict(enumerate(now))})
    assert found["a"] == pytest.approx(psi(then, now), rel=1e-9, abs=1e-12)
    assert found["a"] >= 0


def test_deciles_and_bins_are_numpys(store: DuckDB) -> None:
    draw = np.random.default_rng(3)
    values = np.round(draw.lognormal(2, 1, 1_000), 1)
    rows = ", ".join(
        f"({i}, {v}::DOUBLE, {'NULL' if i % 7 == 0 else v}::DOUBLE)" for i, v in enumerate(values)
    )
    store.execute(f"CREATE TABLE t AS FROM (VALUES {rows}) AS v(customer_id, whole, part)")
    table = ibis.table({"customer_id": "int64", "whole": "float64", "part": "float64"}, name="t")
    row = store.rows(deciles(table, ["whole", "part"]))[0]
    there = values[np.arange(len(values)) % 7 != 0]
    edges = {}
    for i, (name, own) in enumerate((("whole", values), ("part", there))):
        edges[name] = [row[f"edge_{i}_{place}"] for place in range(1, 10)]
        np.testing.assert_allclose(edges[name], np.quantile(own, np.arange(1, 10) / 10))
    found = {(r["feature"], r["bin"]): r["customers"] for r in store.rows(binned(table, edges))}
    places = np.searchsorted(edges["whole"], values, side="left")
    assert {b: n for (f, b), n in found.items() if f == "whole"} == dict(
        zip(*(part.tolist() for part in np.unique(places, return_counts=True)), strict=True)
    )
    assert found["part", MISSING] == len(values) - len(there)
    assert sum(n for (f, _), n in found.items() if f == "part") == len(values)


def test_it_compiles_for_other_engines() -> None:
    table = ibis.table({"customer_id": "int64", "a": "float64"}, name="t")
    counts = binned(table, {"a": [1.0, 2.0]})
    for dialect in ("duckdb", "postgres", "snowflake", "bigquery", "databricks"):
        assert "CASE" in to_sql(stability_index(counts, counts), dialect).upper()

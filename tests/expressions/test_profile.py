"""Sizes, means and quantiles by segment: against NumPy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.profile import (
    QUANTILES,
    by_segment,
    composite,
    rfm_by_segment,
    sizes,
    typical,
)
from segdb.features.catalogue import Catalogue, Entry
from segdb.features.rfm import GRID, RfmRules
from segdb.model import Model, Segment

Columns = Mapping[str, npt.NDArray[np.float64]]


@pytest.fixture
def nearest(features_with_holes: DuckDB, holes: Columns) -> npt.NDArray[np.int64]:
    """The cluster of each customer, in the table ``assigned`` beside the features."""
    features_with_holes.execute(
        "CREATE TABLE assigned AS SELECT *, (customer_id % 3)::INTEGER AS nearest, "
        "customer_id / 100 AS distance, 1 / (1 + customer_id) AS margin FROM features"
    )
    return np.arange(len(next(iter(holes.values())))) % 3


def test_sizes(features_with_holes: DuckDB, holes: Columns, nearest: npt.NDArray[np.int64]) -> None:
    table = features_with_holes.unbound("assigned", "assigned")
    rows = {
        row["nearest"]: row
        for row in features_with_holes.rows(sizes(table, ["monetary", "frequency"]))
    }
    assert set(rows) == {0, 1, 2}
    distance = np.arange(len(nearest)) / 100
    for place, row in rows.items():
        own = nearest == place
        assert row["customers"] == own.sum()
        assert row["squares"] == pytest.approx((distance[own] ** 2).sum(), rel=1e-9)
        worth = np.nan_to_num(holes["monetary"][own]) + np.nan_to_num(holes["frequency"][own])
        assert row["value"] == pytest.approx(worth.mean(), rel=1e-9)
    without = features_with_holes.rows(sizes(table, []))
    assert {row["value"] for row in without} == {None}


def test_by_segment(
    features_with_holes: DuckDB, holes: Columns, nearest: npt.NDArray[np.int64]
) -> None:
    table = features_with_holes.unbound("assigned", "assigned")
    rows = features_with_holes.rows(by_segment(table, list(holes)))
    assert {row["nearest"] for row in rows} == {0, 1, 2}
    for row in rows:
        own = nearest == row["nearest"]
        ids = np.arange(len(nearest))[own]
        assert row["customers"] == own.sum()
        assert row["cohesion"] == pytest.approx((ids / 100).mean(), rel=1e-9)
        assert row["margin"] == pytest.approx((1 / (1 + ids)).mean(), rel=1e-9)
        for i, values in enumerate(holes.values()):
            there = values[own][~np.isnan(values[own])]
            assert row[f"mean_{i}"] == pytest.approx(there.mean(), rel=1e-9)
            assert row[f"sum_{i}"] == pytest.approx(there.sum(), rel=1e-9)
            for name, level in QUANTILES.items():
                wanted = np.percentile(there, 100 * level)
                assert row[f"{name}_{i}"] == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_composite_is_the_spread_of_the_mean_place(
    features_with_holes: DuckDB, holes: Columns
) -> None:
    measures = {name: (np.nanmean(v), np.nanstd(v)) for name, v in list(holes.items())[:3]}
    places = [np.nan_to_num((holes[n] - mean) / sd) for n, (mean, sd) in measures.items()]
    table = features_with_holes.unbound("features", "features")
    given = {name: (float(mean), float(sd)) for name, (mean, sd) in measures.items()}
    found = features_with_holes.rows(composite(table, given))[0]["sd"]
    assert found == pytest.approx(np.mean(places, axis=0).std(), rel=1e-9)


def test_typical_are_the_nearest_and_of_equals_the_lower_ids() -> None:
    store = DuckDB(duckdb.connect())
    generator = np.random.default_rng(3)
    ids, segments = generator.permutation(600), generator.integers(1, 4, 600)
    distance = generator.integers(0, 40, 600) / 10
    segments[:2] = 4  # a segment of fewer customers than are asked for
    rows = {"customer_id": ids, "segment_id": segments, "distance": distance}
    store.connection.register("labelled", pa.table(rows))
    got = store.rows(typical(store.unbound("labelled", "labelled"), 7))
    wanted = []
    for segment in (1, 2, 3, 4):
        own = sorted(
            (d, i) for s, d, i in zip(segments, distance, ids, strict=True) if s == segment
        )
        wanted += [(segment, place, i, d) for place, (d, i) in enumerate(own[:7], start=1)]
    found = [(r["segment_id"], r["place"], r["customer_id"], r["distance"]) for r in got]
    assert sorted(found) == wanted


def test_rfm_by_segment_counts_by_the_grid() -> None:
    store = DuckDB(duckdb.connect())
    generator = np.random.default_rng(4)
    nearest = generator.integers(0, 2, 500).astype(np.int32)
    recency, frequency = (
        generator.uniform(0, 100, 500),
        generator.integers(1, 40, 500).astype(float),
    )
    rows = {"nearest": nearest, "recency_days": recency, "frequency": frequency}
    store.connection.register("assigned", pa.table(rows))
    edges = {"recency_days": (20.0, 40.0, 60.0, 80.0), "frequency": (5.0, 10.0, 20.0, 30.0)}
    entries = (Entry("recency_days", "orders"), Entry("frequency", "orders"))
    model = Model(Catalogue(entries), (), (Segment(3, "b", ()), Segment(1, "a", ())), edges)
    table = store.unbound("assigned", "assigned")
    got = store.rows(rfm_by_segment(table, edges, model))
    wanted: Counter[tuple[str, int, str]] = Counter()
    for place, days, orders in zip(nearest, recency, frequency, strict=True):
        r = 5 - sum(days > edge for edge in edges["recency_days"])
        f = 1 + sum(orders > edge for edge in edges["frequency"])
        wanted[GRID[r][f - 1], (3, 1)[place], "ba"[place]] += 1
    found = {(x["rfm_segment"], x["segment_id"], x["segment"]): x["customers"] for x in got}
    assert found == wanted
    assert len(got) == len(found)
    assert not store.rows(rfm_by_segment(table, {}, model))
    own = replace(model, rfm=RfmRules(segments=(("Late", "recency_days > 50"),), other="Rest"))
    counted = {
        (x["rfm_segment"], x["segment_id"]): x["customers"]
        for x in store.rows(rfm_by_segment(table, edges, own))
    }
    pairs = zip(recency, nearest, strict=True)
    assert counted == Counter(("Late" if days > 50 else "Rest", (3, 1)[n]) for days, n in pairs)

"""Statistics and histograms of the features: against NumPy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest

from segdb.model import Parameters
from segdb.stages.explore import BINS, TENTHS, capped_shares, histogram, statistics
from segdb.stages.profile import QUANTILES
from segdb.store.duckdb import DuckDB

Columns = Mapping[str, npt.NDArray[np.float64]]


def test_statistics(features_with_holes: DuckDB, holes: Columns) -> None:
    table = features_with_holes.unbound("features", "features")
    row = features_with_holes.rows(statistics(table, list(holes)))[0]
    for i, values in enumerate(holes.values()):
        there = values[~np.isnan(values)]
        assert row[f"customers_{i}"] == len(there)
        assert row[f"missing_{i}"] == len(values) - len(there)
        assert (row[f"minimum_{i}"], row[f"maximum_{i}"]) == (there.min(), there.max())
        assert row[f"mean_{i}"] == pytest.approx(there.mean(), rel=1e-9)
        assert row[f"sd_{i}"] == pytest.approx(there.std(), rel=1e-9)
        for name, level in {**QUANTILES, **TENTHS}.items():
            wanted = np.percentile(there, 100 * level)
            assert row[f"{name}_{i}"] == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_the_share_that_was_capped(features_with_holes: DuckDB, holes: Columns) -> None:
    table = features_with_holes.unbound("features", "features")
    learned, expected = [], []
    for name, own in holes.items():
        low, high = (float(np.nanpercentile(own, level)) for level in (10, 80))
        learned.append(Parameters(name, 0, None, float(np.nanmean(own)), low, high, "none", 0, 1))
        filled = np.where(np.isnan(own), np.nanmean(own), own)
        expected.append(((filled < low) | (filled > high)).mean())
    row = features_with_holes.rows(capped_shares(table, learned))[0]
    assert list(row.values()) == pytest.approx(expected, rel=1e-9)
    assert min(expected) > 0


def test_a_histogram(features_with_holes: DuckDB, holes: Columns) -> None:
    table = features_with_holes.unbound("features", "features")
    for name, values in holes.items():
        there = values[~np.isnan(values)]
        query = histogram(table, name, there.min(), there.max())
        found = {row["bin"]: row["customers"] for row in features_with_holes.rows(query)}
        counts, _ = np.histogram(there, BINS)
        assert sum(found.values()) == len(there)
        # A value on an edge may fall to either side of it.
        assert sum(abs(found.get(b, 0) - n) for b, n in enumerate(counts)) <= 4

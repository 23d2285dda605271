"""Statistics and histograms of the features: against NumPy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.distributions import BINS, TENTHS, capped_shares, histograms, statistics
from segdb.expressions.profile import QUANTILES
from segdb.model import Parameters

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


def test_histograms(features_with_holes: DuckDB, holes: Columns) -> None:
    table = features_with_holes.unbound("features", "features")
    there = {name: values[~np.isnan(values)] for name, values in holes.items()}
    edges = {name: np.histogram_bin_edges(values, BINS)[:-1] for name, values in there.items()}
    asked = {name: own[1:].tolist() for name, own in edges.items()}
    row = features_with_holes.rows(histograms(table, asked))[0]
    for i, values in enumerate(there.values()):
        found = dict(row[f"bins_{i}"])
        # What reaches none of the edges goes with infinity.
        below = found.pop(np.inf, 0)
        counts, _ = np.histogram(values, BINS)
        assert [below, *(found[edge] for edge in sorted(found, reverse=True))] == counts.tolist()

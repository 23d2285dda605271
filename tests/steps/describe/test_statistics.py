"""The tables for exploration and the RFM grid, recomputed by NumPy, SciPy and pandas."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy.stats import skew

import segdb
from segdb.features.rfm import GRID

Floats = npt.NDArray[np.float64]
QUANTILES = {"p05": 5, "p25": 25, "median": 50, "p75": 75, "p95": 95}


def natural(result: segdb.Result) -> pd.DataFrame:
    return result.table("customer_features").to_pandas().sort_values("customer_id")


def filled_and_capped(result: segdb.Result, feature: str) -> tuple[Floats, Floats]:
    values = natural(result)[feature].to_numpy(dtype=float)
    filled = np.where(np.isnan(values), np.nanmedian(values), values)
    return filled, np.clip(filled, *np.percentile(filled, [1, 99]))


def test_statistics(retail: segdb.Result) -> None:
    table = retail.table("feature_statistics").to_pandas().set_index("feature")
    frame = natural(retail)
    assert list(table.index) == list(retail.model.catalogue.names)
    for feature, row in table.iterrows():
        column = frame[feature].dropna().to_numpy(dtype=float)
        assert (row["customers"], row["missing"]) == (len(column), frame[feature].isna().sum())
        filled, capped = filled_and_capped(retail, str(feature))
        expected: dict[str, Any] = {
            "mean": column.mean(),
            "sd": column.std(),
            "minimum": column.min(),
            "maximum": column.max(),
            "skewness": skew(column),
            "capped_share": (filled != capped).mean(),
            **{name: np.percentile(column, level) for name, level in QUANTILES.items()},
        }
        np.testing.assert_allclose(
            [row[name] for name in expected], list(expected.values()), rtol=1e-9, atol=1e-12
        )


def test_histograms_before_and_after_capping(retail: segdb.Result) -> None:
    table = retail.table("feature_histograms").to_pandas()
    for (feature, stage), rows in table.groupby(["feature", "stage"]):
        before = natural(retail)[feature].dropna().to_numpy(dtype=float)
        values = before if stage == "before" else filled_and_capped(retail, str(feature))[1]
        counts, edges = np.histogram(values, bins=30)
        found = rows.set_index("bin").reindex(range(30)).customers.fillna(0)
        np.testing.assert_array_equal(found, counts, err_msg=f"{feature} {stage}")
        own = rows.sort_values("bin")
        np.testing.assert_allclose(own.lower, edges[own.bin], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(own.upper, edges[own.bin + 1], rtol=1e-9, atol=1e-9)


def test_every_customer_is_in_a_bin_whatever_the_values_are() -> None:
    count = 60
    place = np.arange(count)
    columns = {
        "alike": np.full(count, 7.5),
        # Doubles lie two apart here: most edges of 30 bins coincide.
        "huge": 1e16 + 2.0 * (place % 4),
        "tiny": 1e-300 * (place + 1.0),
        "both_signs": place - 30.5,
        "missing": np.where(place % 3 == 0, np.nan, place.astype(float)),
    }
    settings = {"features": {"attributes": list(columns)}, "cluster": {"k": 2, "n_init": 1}}
    with duckdb.connect() as connection:
        customers = pa.table({"customer_id": place, **columns})
        made = segdb.run(customers=customers, database=connection, settings=settings)
        table = made.table("feature_histograms").to_pandas()
    assert (table.bin.between(0, 29) & (table.lower <= table.upper)).all()
    for feature, column in columns.items():
        known = count - int(np.isnan(column).sum())
        for stage, total in (("before", known), ("after", count)):
            own = table[(table.feature == feature) & (table.stage == stage)]
            assert own.customers.sum() == total
            assert own.bin.is_unique
    alike = table[table.feature == "alike"]
    assert alike.bin.tolist() == [0, 0]


def test_correlations_are_of_capped_and_transformed_features(retail: segdb.Result) -> None:
    columns = {}
    for p in retail.model.parameters:
        capped = filled_and_capped(retail, p.feature)[1]
        columns[p.feature] = np.log1p(capped) if p.transform == "log1p" else capped
    expected = pd.DataFrame(columns).corr()
    table = retail.table("feature_correlations").to_pandas()
    found = table.pivot_table(index="feature", columns="other", values="r")
    pd.testing.assert_frame_equal(
        found.loc[list(columns), list(columns)], expected, check_names=False, rtol=1e-9, atol=1e-9
    )


def test_scores_go_by_the_quintiles_and_the_grid(retail: segdb.Result) -> None:
    frame = natural(retail)
    for score, feature in (("f_score", "frequency"), ("m_score", "monetary")):
        edges = np.percentile(frame[feature], [20, 40, 60, 80])
        np.testing.assert_array_equal(frame[score], 1 + np.searchsorted(edges, frame[feature]))
    edges = np.percentile(frame.recency_days, [20, 40, 60, 80])
    np.testing.assert_array_equal(frame.r_score, 5 - np.searchsorted(edges, frame.recency_days))
    for feature, score in (("frequency", "f_score"), ("recency_days", "r_score")):
        assert (frame.groupby(feature)[score].nunique() == 1).all()
    cells = [GRID[r][f - 1] for r, f in zip(frame.r_score, frame.f_score, strict=True)]
    assert frame.rfm_segment.tolist() == cells


def test_the_grid_is_crossed_with_the_segments(retail: segdb.Result) -> None:
    segments = retail.table("segments").to_pandas()
    both = natural(retail).merge(segments, on="customer_id")
    expected = both.groupby(["rfm_segment", "segment_id", "segment"]).size().to_dict()
    table = retail.table("rfm_by_segment").to_pandas()
    found = table.set_index(["rfm_segment", "segment_id", "segment"]).customers.to_dict()
    assert found == expected
    assert sum(found.values()) == retail.facts["customers"]


def test_segments_are_told_by_means_quantiles_and_z(retail: segdb.Result) -> None:
    both = natural(retail).merge(retail.table("segments").to_pandas(), on="customer_id")
    for row in retail.table("segment_features").to_pylist():
        distances = both[row["feature"]].dropna()
        own = both[both.segment_id == row["segment_id"]][row["feature"]].dropna()
        expected = [own.mean(), (own.mean() - distances.mean()) / distances.std(ddof=0)]
        np.testing.assert_allclose([row["mean"], row["z"]], expected, rtol=1e-9, atol=1e-9)
        levels = [np.percentile(own, level) for level in QUANTILES.values()]
        np.testing.assert_allclose([row[name] for name in QUANTILES], levels, rtol=1e-9, atol=1e-9)


def test_segments_are_judged_by_distances(retail: segdb.Result) -> None:
    segments = retail.table("segments").to_pandas().groupby("segment_id")
    points = retail.table("segment_components").to_pandas()
    wide = points.pivot_table(index="segment_id", columns="component", values="coordinate")
    apart = np.linalg.norm(wide.to_numpy()[:, None] - wide.to_numpy()[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    table = retail.table("segment_profiles").to_pandas().set_index("segment_id").sort_index()
    np.testing.assert_array_equal(table.customers, segments.size())
    np.testing.assert_allclose(table.cohesion, segments.distance.mean(), rtol=1e-9)
    np.testing.assert_allclose(table.margin, segments.margin.mean(), rtol=1e-9)
    np.testing.assert_allclose(table.separation, apart.min(axis=1), rtol=1e-9)
    money = natural(retail).merge(retail.table("segments").to_pandas(), on="customer_id")
    revenue = money.groupby("segment_id").monetary.sum()
    np.testing.assert_allclose(table.revenue, revenue, rtol=1e-9)
    np.testing.assert_allclose(table.revenue_share, revenue / revenue.sum(), rtol=1e-9)

"""Fills and bounds in either order, as NumPy learns them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from segdb.config.settings import Settings
from segdb.engines.duckdb.database import DuckDB
from segdb.errors import SettingsError
from segdb.expressions.distributions import statistics
from segdb.features.catalogue import Catalogue, Entry
from segdb.model import Parameters
from segdb.steps.preprocess.bounds import fills_and_bounds
from segdb.steps.preprocess.options import PreprocessOptions

DRAW = np.random.default_rng(12)
NATURAL = DRAW.lognormal(2, 1.5, 900)
NATURAL[DRAW.random(900) < 0.3] = np.nan
LEVEL = (DRAW.random(900) < 0.004).astype(float)
CATALOGUE = Catalogue((Entry("a", "attribute", "a"), Entry("c_x", "category", "c", "x")))

MIDDLES: Mapping[str, Callable[[Any], Any]] = {
    "median": np.median,
    "mean": np.mean,
    "zero": lambda _: 0.0,
}


def learned(**sections: Any) -> dict[str, Parameters]:
    store = DuckDB(duckdb.connect())
    values = [None if np.isnan(v) else float(v) for v in NATURAL]
    store.connection.register("people", pa.table({"a": values, "c_x": LEVEL}))
    table = store.unbound("people", "people")
    known = store.rows(statistics(table, CATALOGUE.names))[0]
    options = PreprocessOptions.of(Settings.model_validate(sections))
    found = fills_and_bounds(store, options, CATALOGUE, table, known)
    return {p.feature: p for p in found}


@pytest.mark.parametrize("missing", ["median", "mean", "zero"])
@pytest.mark.parametrize("order", ["before", "after"])
def test_order(missing: str, order: Literal["before", "after"]) -> None:
    found = learned(clean={"missing": missing}, outliers={"fill": order, "upper": 0.9})
    # Who lacks the category is not of this value, whatever the share of those who are.
    assert LEVEL.mean() > found["c_x"].fill == 0.0
    p = found["a"]
    middle = MIDDLES[missing]
    present = NATURAL[~np.isnan(NATURAL)]
    if order == "before":
        fill = float(middle(present))
        bounds = np.percentile(np.where(np.isnan(NATURAL), fill, NATURAL), [1, 90])
    else:
        bounds = np.percentile(present, [1, 90])
        fill = float(middle(np.clip(present, *bounds)))
    assert (p.lower, p.upper, p.fill) == pytest.approx((*bounds, fill), rel=1e-9)
    assert p.fill_last == (order == "after")


@pytest.mark.parametrize("method", ["none", "iqr"])
@pytest.mark.parametrize("order", ["before", "after"])
def test_bounds_of_the_settings(method: str, order: str) -> None:
    found = learned(outliers={"method": method, "fill": order, "bounds": {"a": [2, 30]}})
    assert (found["a"].lower, found["a"].upper) == (2.0, 30.0)
    # A rare category is no outlier.
    assert (found["c_x"].lower, found["c_x"].upper, found["c_x"].fill) == (None, None, 0.0)
    if order == "after":
        present = NATURAL[~np.isnan(NATURAL)]
        assert found["a"].fill == pytest.approx(np.median(np.clip(present, 2, 30)))


def test_bounds_of_a_feature_that_is_not_there_name_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r"no feature 'c_y'. Did you mean 'c_x'"):
        learned(outliers={"bounds": {"c_y": [0, 1]}})

"""Fills are learned as NumPy learns them, and applied where a feature is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from segdb.config.sections import Clean
from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.distributions import statistics
from segdb.expressions.impute import fill, fill_values
from segdb.model import Parameters

Columns = Mapping[str, npt.NDArray[np.float64]]
CASES: Mapping[str, Callable[[npt.NDArray[np.float64]], float]] = {
    "median": lambda values: float(np.nanmedian(values)),
    "mean": lambda values: float(np.nanmean(values)),
    "zero": lambda _: 0.0,
    # Nobody lacks the feature then, but new customers may.
    "reject": lambda values: float(np.nanmedian(values)),
}


def parameters(name: str, value: float) -> Parameters:
    return Parameters(name, 0, None, value, None, None, "none", 0.0, 1.0)


def test_every_method_of_the_settings_has_a_case() -> None:
    annotation = Clean.model_fields["missing"].annotation
    assert set(CASES) == set(annotation.__args__)  # type: ignore[union-attr]


@pytest.mark.parametrize("method", CASES)
def test_learned(features_with_holes: DuckDB, holes: Columns, method: str) -> None:
    table = features_with_holes.unbound("features", "features")
    known = features_with_holes.rows(statistics(table, list(holes)))[0]
    fills = fill_values(known, list(holes), method)  # type: ignore[arg-type]
    assert list(fills) == list(holes)
    for name, values in holes.items():
        assert fills[name] == pytest.approx(CASES[method](values), rel=1e-9)


@pytest.mark.parametrize("method", CASES)
def test_a_feature_that_nobody_has_is_filled_with_zero(store: DuckDB, method: str) -> None:
    store.connection.register("features", pa.table({"a": pa.array([None, None], pa.float64())}))
    table = store.unbound("features", "features")
    known = store.rows(statistics(table, ["a"]))[0]
    assert fill_values(known, ["a"], method) == {"a": 0.0}  # type: ignore[arg-type]


def test_applied(features_with_holes: DuckDB, holes: Columns) -> None:
    table = features_with_holes.unbound("features", "features")
    learned = [parameters(name, 10.0 * place) for place, name in enumerate(holes)]
    got = features_with_holes.fetch(fill(table, learned).order_by("customer_id"))
    assert got.column_names == ["customer_id", *holes, *(p.column for p in learned)]
    for p in learned:
        natural = holes[p.feature]
        assert np.array_equal(got[p.column], np.where(np.isnan(natural), p.fill, natural))
        assert got[p.feature].null_count == np.isnan(natural).sum()

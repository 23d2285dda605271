"""Bounds as NumPy and SciPy find them, and values moved between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from scipy import stats

from segdb.config.feature_sections import Outliers
from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.winsorize import METHODS, cap, cap_bounds
from segdb.model import Parameters

Values = npt.NDArray[np.float64]
Columns = Mapping[str, Values]


def around(center: float, reach: float) -> tuple[float, float] | None:
    return (center - reach, center + reach) if reach else None


def fences(values: Values, strength: float) -> tuple[float, float] | None:
    first, third = np.percentile(values, [25, 75])
    reach = strength * (third - first)
    return (first - reach, third + reach) if reach else None


# The bounds by a method, its strength by default, and another one.
CASES: Mapping[str, tuple[Callable[[Values, float], tuple[float, float] | None], float, float]] = {
    "percentile": (lambda values, _: tuple(np.percentile(values, [2, 95])), 0.0, 0.0),
    "iqr": (fences, 1.5, 3.0),
    "zscore": (lambda values, s: around(values.mean(), s * values.std()), 3.0, 2.0),
    "mad": (
        lambda values, s: around(
            float(np.median(values)), s * stats.median_abs_deviation(values, scale="normal")
        ),
        3.5,
        2.5,
    ),
}


def parameters(name: str, lower: float | None, upper: float | None) -> Parameters:
    return Parameters(name, 0, None, 0.0, lower, upper, "none", 0.0, 1.0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("by_default", [True, False])
def test_learned(features: DuckDB, columns: Columns, method: str, *, by_default: bool) -> None:
    bounds, usual, other = CASES[method]
    strength = None if by_default or not other else other
    outliers = Outliers(method=method, lower=0.02, upper=0.95, strength=strength)  # type: ignore[arg-type]
    query = cap_bounds(features.unbound("features", "features"), list(columns), outliers)
    assert query is not None
    row = features.rows(query)[0]
    assert len(row) == 2 * len(columns)
    for place, values in enumerate(columns.values()):
        wanted = bounds(values, usual if strength is None else strength)
        if wanted is None:
            assert (row[f"lower_{place}"], row[f"upper_{place}"]) == (None, None)
        else:
            assert row[f"lower_{place}"] == pytest.approx(wanted[0], rel=1e-9, abs=1e-9)
            assert row[f"upper_{place}"] == pytest.approx(wanted[1], rel=1e-9, abs=1e-9)


def test_none_learns_nothing(features: DuckDB, columns: Columns) -> None:
    table = features.unbound("features", "features")
    assert cap_bounds(table, list(columns), Outliers(method="none")) is None


@pytest.mark.parametrize("method", ["iqr", "mad"])
def test_a_feature_that_most_share_keeps_its_values(store: DuckDB, method: str) -> None:
    store.connection.register("features", pa.table({"a": [1.0] * 80 + [2.0, 7.0] * 10}))
    query = cap_bounds(store.unbound("features", "features"), ["a"], Outliers(method=method))  # type: ignore[arg-type]
    assert query is not None
    assert store.rows(query) == [{"lower_0": None, "upper_0": None}]


@pytest.mark.parametrize(
    ("lower", "upper"), [(20.0, 150.0), (None, 150.0), (20.0, None), (None, None), (33.0, 33.0)]
)
def test_applied(
    features: DuckDB, columns: Columns, lower: float | None, upper: float | None
) -> None:
    table = features.unbound("features", "features")
    table = table.mutate(x_monetary=table.monetary, x_balance=table.balance)
    capped = cap(table, [parameters("monetary", lower, upper), parameters("balance", -1.0, 1.0)])
    got = features.fetch(capped.order_by("customer_id"))
    natural = columns["monetary"]
    low, high = (-np.inf if lower is None else lower), (np.inf if upper is None else upper)
    assert np.array_equal(got["x_monetary"], np.clip(natural, low, high))
    assert np.array_equal(got["x_balance"], np.clip(columns["balance"], -1, 1))
    assert np.array_equal(got["monetary"], natural)

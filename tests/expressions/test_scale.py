"""Centers and spreads as scikit-learn's scalers learn them, and covariances as NumPy's."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations_with_replacement

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, RobustScaler, StandardScaler

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.scale import METHODS, measures, scale
from segdb.model import Parameters

Columns = Mapping[str, npt.NDArray[np.float64]]
CASES = {
    "standard": StandardScaler(),
    "robust": RobustScaler(),
    "minmax": MinMaxScaler(),
    "none": FunctionTransformer(),
}


@pytest.mark.parametrize("method", METHODS)
def test_scaled_as_scikit_learn_does(features: DuckDB, columns: Columns, method: str) -> None:
    names = [name for name in columns if method != "robust" or "rate" not in name]
    table = features.unbound("features", "features")
    row = features.rows(measures(table, names, method))[0]
    learned = [
        Parameters(name, i, None, 0.0, None, None, "none", row[f"center_{i}"], row[f"spread_{i}"])
        for i, name in enumerate(names)
    ]
    table = table.mutate(**{p.column: table[p.feature] for p in learned})
    got = features.fetch(scale(table, learned).order_by("customer_id"))
    natural = np.column_stack([columns[name] for name in names])
    wanted = CASES[method].fit_transform(natural)
    for i, p in enumerate(learned):
        assert np.allclose(got[p.column], wanted[:, i], rtol=1e-9, atol=1e-9)
        assert np.array_equal(got[p.feature], columns[p.feature])


@pytest.mark.parametrize("method", METHODS)
def test_extremes_and_covariances(features: DuckDB, columns: Columns, method: str) -> None:
    table = features.unbound("features", "features")
    row = features.rows(measures(table, list(columns), method))[0]
    values = list(columns.values())
    expected = np.cov(values, bias=True)
    for i, column in enumerate(values):
        assert row[f"mean_{i}"] == pytest.approx(column.mean(), rel=1e-9)
        assert (row[f"least_{i}"], row[f"most_{i}"]) == (column.min(), column.max())
    for i, j in combinations_with_replacement(range(len(values)), 2):
        assert row[f"cov_{i}_{j}"] == pytest.approx(expected[i, j], rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_a_constant(store: DuckDB, method: str) -> None:
    store.connection.register("features", pa.table({"a": [0.1] * 7, "b": [1.0, 2, 3, 4, 5, 6, 7]}))
    row = store.rows(measures(store.unbound("features", "features"), ["a", "b"], method))[0]
    assert row["least_0"] == row["most_0"]
    assert row["cov_0_1"] == pytest.approx(0.0, abs=1e-12)
    if method != "none":
        assert row["spread_0"] == pytest.approx(0.0, abs=1e-12)

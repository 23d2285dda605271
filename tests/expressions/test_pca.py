"""Coordinates on components, against NumPy and scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.pca import COORDINATES, place, project
from segdb.model import Components

Columns = Mapping[str, npt.NDArray[np.float64]]


def learned(columns: Columns, count: int) -> tuple[PCA, Components]:
    reference = PCA(count).fit(np.column_stack(list(columns.values())))
    loadings = tuple(tuple(one) for one in reference.components_.tolist())
    return reference, Components(tuple(reference.mean_.tolist()), loadings)


def test_coordinates_are_scikit_learns(features: DuckDB, columns: Columns) -> None:
    reference, components = learned(columns, 2)
    scores = reference.transform(np.column_stack(list(columns.values())))
    table = features.unbound("features", "features")
    query = project(table, list(columns), components).order_by("customer_id")
    rows = features.fetch(query)
    assert rows.column_names == [*table.columns, "component_1", "component_2"]
    for number, name in enumerate(components.columns):
        np.testing.assert_allclose(rows[name].to_numpy(), scores[:, number], atol=1e-9)


def test_maps_have_three_axes_whatever_there_is(features: DuckDB, columns: Columns) -> None:
    _, components = learned(columns, 2)
    query = place(features.unbound("features", "features"), list(columns), components)
    rows = features.fetch(query)
    assert rows.column_names[-3:] == list(COORDINATES)
    assert set(rows["pc3"].to_pylist()) == {0.0}
    assert len(set(rows["pc1"].to_pylist())) > 1

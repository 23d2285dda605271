"""Figures of centroids: in SQL, by NumPy where everyone is in the matrix, and scikit-learn's."""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

from segdb.cluster.around import around
from segdb.cluster.matrix import Matrix
from segdb.stages.assign import assign
from segdb.stages.explore import quality
from segdb.steps.evidence import quality_of
from segdb.store.duckdb import DuckDB

Floats = npt.NDArray[np.float64]
COLUMNS = ["x_0", "x_1", "x_2"]


@pytest.fixture(scope="module")
def values() -> Floats:
    draw = np.random.default_rng(8)
    return draw.normal(size=(700, 3)) + 4.0 * draw.integers(0, 4, (700, 1))


@pytest.fixture
def store(values: Floats) -> DuckDB:
    store = DuckDB(duckdb.connect())
    store.connection.register("given", pa.table(dict(zip(COLUMNS, values.T, strict=True))))
    store.execute("CREATE TABLE scaled AS FROM given")
    return store


def places(values: Floats) -> dict[str, Floats]:
    far = np.full((1, 3), 1e6)
    return {
        "two": values[:2],
        "four": values[:4],
        "one for nobody": np.concatenate([values[:3], far]),
        "two in one place": np.concatenate([values[:2], values[:1]]),
    }


@pytest.mark.parametrize("case", ["two", "four", "one for nobody", "two in one place"])
def test_what_lies_around_centroids(store: DuckDB, values: Floats, case: str) -> None:
    centroids = places(values)[case]
    query = quality(assign(store.unbound("scaled", "scaled"), COLUMNS, centroids.tolist()))
    expected = {row.pop("nearest"): row for row in store.rows(query)}
    found = around(Matrix.of(values), centroids)
    assert found.keys() == expected.keys()
    for place, row in expected.items():
        assert found[place] == pytest.approx(row, rel=1e-9, abs=1e-9)
    assert len(found) == {"one for nobody": 3, "two in one place": 2}.get(case, len(centroids))


@pytest.mark.parametrize("by", ["SQL", "NumPy"])
def test_figures_are_those_of_scikit_learn(store: DuckDB, values: Floats, by: str) -> None:
    fit = KMeans(4, n_init=5, tol=0.0, random_state=0).fit(values)
    squares = float(((values - values.mean(axis=0)) ** 2).sum())
    scaled = store.unbound("scaled", "scaled")
    everyone = Matrix.of(values) if by == "NumPy" else None
    found = quality_of(store, scaled, COLUMNS, fit.cluster_centers_, squares, everyone)
    assert found.inertia == pytest.approx(fit.inertia_, rel=1e-9)
    scores = davies_bouldin_score(values, fit.labels_), calinski_harabasz_score(values, fit.labels_)
    assert (found.davies_bouldin, found.calinski_harabasz) == pytest.approx(scores, rel=1e-9)
    assert found.sizes == tuple(np.bincount(fit.labels_))
    distances = np.sort(fit.transform(values), axis=1)
    simplified = (1.0 - distances[:, 0] / distances[:, 1]).mean()
    assert found.simplified_silhouette == pytest.approx(simplified, rel=1e-9)

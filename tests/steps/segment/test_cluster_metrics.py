"""Figures of centroids: in SQL, by NumPy where everyone is in the matrix, and scikit-learn's."""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

from segdb.cluster.distance_stats import simplified_silhouette
from segdb.cluster.matrix import Matrix
from segdb.engines.duckdb.database import DuckDB
from segdb.steps.segment.cluster_metrics import quality_from
from segdb.steps.segment.distance_backend import CustomerDistances, InDatabase, InMemory

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
    store.execute("CREATE TABLE scaled AS SELECT *, row_number() OVER () AS customer_id FROM given")
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
@pytest.mark.parametrize("what", ["quality", "step", "farthest"])
def test_memory_and_database_tell_the_same(
    store: DuckDB, values: Floats, case: str, what: str
) -> None:
    centroids = places(values)[case].tolist()
    here: CustomerDistances = InMemory(Matrix.of(values))
    there: CustomerDistances = InDatabase(store, store.unbound("scaled", "scaled"), tuple(COLUMNS))
    if what == "farthest":
        assert here.farthest(centroids, 7) == there.farthest(centroids, 7)
        return
    found, expected = getattr(here, what)(centroids), getattr(there, what)(centroids)
    assert found.keys() == expected.keys()
    for place, row in expected.items():
        assert row.pop("nearest") == place
        assert found[place] == pytest.approx(row, rel=1e-9, abs=1e-9)
    assert len(found) == {"one for nobody": 3, "two in one place": 2}.get(case, len(centroids))


@pytest.mark.parametrize("where", ["database", "memory"])
def test_figures_are_those_of_scikit_learn(store: DuckDB, values: Floats, where: str) -> None:
    fit = KMeans(4, n_init=5, tol=0.0, random_state=0).fit(values)
    squares = float(((values - values.mean(axis=0)) ** 2).sum())
    scaled = store.unbound("scaled", "scaled")
    distances: CustomerDistances = InMemory(Matrix.of(values))
    if where == "database":
        distances = InDatabase(store, scaled, tuple(COLUMNS))
    centroids = fit.cluster_centers_.tolist()
    found = quality_from(distances.quality(centroids), centroids, squares)
    assert found.inertia == pytest.approx(fit.inertia_, rel=1e-9)
    scores = davies_bouldin_score(values, fit.labels_), calinski_harabasz_score(values, fit.labels_)
    assert (found.davies_bouldin, found.calinski_harabasz) == pytest.approx(scores, rel=1e-9)
    assert found.sizes == tuple(np.bincount(fit.labels_))


def test_simplified_silhouette_is_one_of_distances_to_centroids(values: Floats) -> None:
    fit = KMeans(4, n_init=5, tol=0.0, random_state=0).fit(values)
    weights = np.random.default_rng(3).uniform(1.0, 9.0, len(values))
    distances = np.sort(fit.transform(values), axis=1)
    simplified = np.average(1.0 - distances[:, 0] / distances[:, 1], weights=weights)
    found = simplified_silhouette(Matrix.of(values, weights), fit.cluster_centers_.tolist())
    assert found == pytest.approx(simplified, rel=1e-9)
    assert simplified_silhouette(Matrix.of(values), [values[0].tolist()] * 2) == 0.0

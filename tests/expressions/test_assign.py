"""The nearest centroid, the distance to it and the margin: against NumPy and scikit-learn."""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.assign import assign, labelled
from segdb.features.catalogue import Catalogue
from segdb.model import Model, Segment
from tests.depth import examples

Matrix = npt.NDArray[np.float64]


def assigned(store: DuckDB, rows: Matrix, centroids: Matrix) -> pa.Table:
    names = [f"x_{i}" for i in range(rows.shape[1])]
    columns = {name: rows[:, i] for i, name in enumerate(names)}
    store.connection.register("scaled", pa.table({"customer_id": np.arange(len(rows)), **columns}))
    table = store.unbound("scaled", "scaled")
    got = store.fetch(assign(table, names, centroids.tolist()).order_by("customer_id"))
    assert got.column_names == ["customer_id", *names, "nearest", "distance", "margin"]
    return got


def distances(rows: Matrix, centroids: Matrix) -> Matrix:
    every: Matrix = np.sqrt(((rows[:, None, :] - centroids[None, :, :]) ** 2).sum(axis=2))
    return every


@pytest.mark.parametrize("k", [2, 3, 9])
@pytest.mark.parametrize("dimensions", [1, 5])
def test_as_numpy(store: DuckDB, k: int, dimensions: int) -> None:
    draw = np.random.default_rng(k)
    rows = draw.normal(size=(2000, dimensions))
    centroids = draw.normal(size=(k, dimensions))
    got = assigned(store, rows, centroids)
    every = distances(rows, centroids)
    ordered = np.sort(every, axis=1)
    assert np.array_equal(got["nearest"], every.argmin(axis=1))
    assert np.allclose(got["distance"], ordered[:, 0], rtol=1e-9, atol=1e-12)
    margin = (ordered[:, 1] - ordered[:, 0]) / ordered[:, 1]
    assert np.allclose(got["margin"], margin, rtol=1e-9, atol=1e-9)


def test_as_k_means_predicts(store: DuckDB) -> None:
    draw = np.random.default_rng(5)
    rows = np.concatenate([draw.normal(place, 1.0, size=(400, 3)) for place in (0, 2, 4)])
    model = KMeans(n_clusters=4, n_init=2, random_state=1).fit(rows)
    got = assigned(store, rows, model.cluster_centers_)
    assert np.array_equal(got["nearest"], model.predict(rows))
    squares = (np.asarray(got["distance"]) ** 2).sum()
    assert squares == pytest.approx(model.inertia_, rel=1e-9)


def test_of_equals_the_first(store: DuckDB) -> None:
    centroids = np.array([[3.0, 0.0], [1.0, 1.0], [-1.0, 1.0], [1.0, 1.0]])
    rows = np.array([[0.0, 1.0], [0.0, 0.0], [1.0, 1.0], [3.0, 0.0], [2.0, 0.5]])
    got = assigned(store, rows, centroids)
    assert got["nearest"].to_pylist() == [1, 1, 1, 0, 0]
    # On the border, between twins, on a centroid of its own, on the border again.
    assert got["margin"].to_pylist() == pytest.approx([0.0, 0.0, 0.0, 1.0, 0.0], abs=1e-12)
    assert got["distance"].to_pylist() == pytest.approx([1.0, 2**0.5, 0.0, 0.0, 1.25**0.5])


@settings(max_examples=examples(15), deadline=None)
@given(st.data())
def test_margins_are_shares(data: st.DataObject) -> None:
    whole = st.integers(-3, 3).map(float)
    k, dimensions = data.draw(st.integers(2, 4)), data.draw(st.integers(1, 3))
    point = st.lists(whole, min_size=dimensions, max_size=dimensions)
    rows = np.array(data.draw(st.lists(point, min_size=1, max_size=20)))
    centroids = np.array(data.draw(st.lists(point, min_size=k, max_size=k)))
    with duckdb.connect() as connection:
        got = assigned(DuckDB(connection), rows, centroids)
    # Whole numbers: distances of equals are equal to the last bit.
    assert np.array_equal(got["nearest"], distances(rows, centroids).argmin(axis=1))
    margin = np.asarray(got["margin"])
    assert ((margin >= 0) & (margin <= 1)).all()


def test_labels_are_the_models(store: DuckDB) -> None:
    segments = (
        Segment(4, 'It\'s "loyal" 😀', (0.0,)),
        Segment(1, "New", (5.0,)),
        Segment(2, "Lost", (9.0,)),
    )
    model = Model(Catalogue(()), (), segments, {})
    rows = {"customer_id": ["c", "a", "b"], "nearest": np.array([0, 2, 1], np.int32)}
    measures = {"distance": [0.1, 0.2, 0.3], "margin": [0.4, 0.5, 0.6]}
    store.connection.register("assigned", pa.table({**rows, **measures}))
    table = store.unbound("assigned", "assigned")
    got = store.rows(labelled(table, model).order_by("customer_id"))
    assert [list(row.values()) for row in got] == [
        ["a", 2, "Lost", 0.2, 0.5],
        ["b", 1, "New", 0.3, 0.6],
        ["c", 4, 'It\'s "loyal" 😀', 0.1, 0.4],
    ]

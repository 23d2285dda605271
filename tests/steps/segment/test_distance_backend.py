"""Customers in memory against the same in the database."""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from segdb.cluster.kmeans import Fit
from segdb.cluster.matrix import Matrix
from segdb.cluster.nearest import nearest
from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.assign import assign
from segdb.steps.segment import refine as refinement
from segdb.steps.segment.distance_backend import InDatabase, InMemory
from segdb.steps.segment.refine import refine_fit

Values = npt.NDArray[np.float64]
WIDTH = 6


def customers(rows: int) -> Values:
    draw = np.random.default_rng(3)
    centers = draw.normal(size=(5, WIDTH)) * 2
    return centers[draw.integers(0, 5, rows)] + draw.standard_t(4, size=(rows, WIDTH))


def in_database(values: Values) -> InDatabase:
    store = DuckDB(duckdb.connect())
    columns = tuple(f"x_{i}" for i in range(WIDTH))
    frame = {"customer_id": np.arange(len(values)), **dict(zip(columns, values.T, strict=True))}
    scaled = store.rows_table("scaled", pa.table(frame))
    return InDatabase(store, scaled, columns)


def test_labels_of_sql_are_numpys() -> None:
    values = customers(50_000)
    centroids = values[:9]
    known = in_database(values)
    assigned = assign(known.scaled, known.columns, centroids.tolist())
    ordered = assigned.order_by("customer_id").select("nearest", "distance")
    rows = known.store.fetch(ordered)
    places = nearest(values, centroids)
    assert (rows.column("nearest").to_numpy() == places).all()
    distances = np.linalg.norm(values - centroids[places], axis=1)
    np.testing.assert_allclose(rows.column("distance").to_numpy(), distances, rtol=1e-12)


def test_the_figures_of_each_k_are_those_of_sql() -> None:
    values = customers(20_000)
    each = [values[:k].tolist() for k in (2, 5, 9)]
    known, memory = in_database(values), InMemory(Matrix.of(values))
    for one, other in zip(known.qualities(each), memory.qualities(each), strict=True):
        assert one.keys() == other.keys()
        for place, row in one.items():
            figures = {name: row[name] for name in ("customers", "distances", "squares")}
            assert other[place] == pytest.approx(figures, rel=1e-9)


@pytest.mark.parametrize("moved_rows", [0, 100_000])
def test_refining_is_the_same_whatever_the_threads(
    moved_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refinement, "_MOVED_ROWS", moved_rows)
    values = customers(30_000)
    ends = (values[10:15], values[20:25])
    fit = Fit(5, values[:5], np.zeros(0, dtype=np.intp), 0.0, other_ends=ends)
    refined = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            refined.append(refine_fit(InMemory(Matrix.of(values)), fit, max_steps=200))
    assert refined[0] == refined[1]
    best = min(
        refinement.refine(in_database(values), end.tolist(), max_steps=200).inertia
        for end in (fit.centroids, *ends)
    )
    assert refined[0].inertia <= best * (1 + 1e-4)
    assert refined[0].inertia < refined[0].inertia_before

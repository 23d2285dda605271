"""Refinement over all customers against scikit-learn's own Lloyd."""

from __future__ import annotations

import warnings

import duckdb
import ibis
import numpy as np
import numpy.typing as npt
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from segdb.cluster.matrix import Matrix
from segdb.engines.duckdb.database import DuckDB
from segdb.steps.segment import refine as refinement
from segdb.steps.segment.distance_backend import InDatabase, InMemory
from segdb.steps.segment.refine import Refined, refine

Values = npt.NDArray[np.float64]
ROWS = 300


def blobs(seed: int, width: int = 4) -> Values:
    values: Values = make_blobs(ROWS, width, centers=5, cluster_std=2.5, random_state=seed)[0]
    scaled: Values = (values - values.mean(axis=0)) / values.std(axis=0)
    return scaled


def heavy(seed: int, width: int = 4) -> Values:
    return np.random.default_rng(seed).standard_t(2.5, size=(ROWS, width))


def in_database(values: Values) -> InDatabase:
    store = DuckDB(duckdb.connect())
    columns = tuple(f"x_{i}" for i in range(values.shape[1]))
    frame = {"customer_id": np.arange(len(values))} | dict(zip(columns, values.T, strict=True))
    store.connection.register("frame", frame)
    store.execute("CREATE TABLE scaled AS FROM frame")
    types = {"customer_id": "int64", **dict.fromkeys(columns, "float64")}
    return InDatabase(store, ibis.table(types, name="scaled"), columns)


def refined(values: Values, centroids: Values, **options: float) -> Refined:
    """Refine in the database; in memory it has to give the same."""
    start = centroids.tolist()
    found = refine(in_database(values), start, **options)  # type: ignore[arg-type]
    other = refine(InMemory(Matrix.of(values)), start, **options)  # type: ignore[arg-type]
    assert other.centroids == found.centroids
    assert (other.steps, other.groups.keys()) == (found.steps, found.groups.keys())
    for place, row in found.groups.items():
        assert other.groups[place] == pytest.approx(
            {k: v for k, v in row.items() if k != "nearest"}
        )
    return found


def own_step(values: Values, centroids: Values, steps: int) -> KMeans:
    means = KMeans(len(centroids), init=centroids, n_init=1, max_iter=steps, tol=0)
    with warnings.catch_warnings(action="ignore"):
        return means.fit(values)


def inertia(values: Values, centroids: Values) -> float:
    return float(((values[:, None] - centroids[None]) ** 2).sum(axis=2).min(axis=1).sum())


@pytest.mark.parametrize("draw", [blobs, heavy])
@pytest.mark.parametrize("seed", [1, 2])
def test_it_ends_where_scikit_learn_moves_nothing(draw: type, seed: int) -> None:
    values = draw(seed)
    start = values[np.random.default_rng(seed).choice(len(values), 5, replace=False)]
    found = refined(values, start, tolerance=0.0, max_steps=300)
    centroids = np.array(found.centroids)
    assert own_step(values, centroids, 1).cluster_centers_ == pytest.approx(centroids, abs=1e-9)
    whole = own_step(values, start, 300)
    assert centroids == pytest.approx(whole.cluster_centers_, abs=1e-8)
    assert found.inertia == pytest.approx(whole.inertia_)
    assert [found.groups[p]["customers"] for p in range(5)] == np.bincount(whole.labels_).tolist()


@pytest.mark.parametrize("draw", [blobs, heavy])
def test_inertia_never_rises_and_is_that_of_the_centroids(draw: type) -> None:
    values = draw(5)
    centroids = values[:6]
    for _ in range(5):
        found = refined(values, centroids, tolerance=0.0, max_steps=1)
        assert found.inertia_before == pytest.approx(inertia(values, centroids))
        assert found.inertia <= found.inertia_before
        centroids = np.array(found.centroids)
        assert found.inertia == pytest.approx(inertia(values, centroids))


def test_each_step_is_scikit_learns() -> None:
    values = blobs(8)
    found = refined(values, values[:4], tolerance=0.0, max_steps=1)
    assert np.array(found.centroids) == pytest.approx(
        own_step(values, values[:4], 1).cluster_centers_, abs=1e-9
    )


def test_a_coarser_tolerance_ends_sooner_with_little_lost() -> None:
    values = blobs(3)
    fine = refined(values, values[:5], tolerance=0.0, max_steps=300)
    coarse = refined(values, values[:5])
    assert coarse.steps <= fine.steps
    assert coarse.inertia <= fine.inertia * (1 + 1e-3)


def test_what_does_not_move_takes_no_step() -> None:
    values = blobs(4)
    whole = own_step(values, values[:5], 300)
    found = refined(values, whole.cluster_centers_, tolerance=0.0)
    assert found.steps == 0
    assert found.inertia == found.inertia_before == pytest.approx(whole.inertia_)


def test_an_emptied_segment_goes_to_the_farthest_customer_as_in_scikit_learn() -> None:
    values = blobs(6)
    start = np.vstack([values[:3], np.full((1, 4), 99.0)])
    found = refined(values, start, tolerance=0.0, max_steps=1)
    ours = np.array(found.centroids)
    assert ours == pytest.approx(own_step(values, start, 1).cluster_centers_, abs=1e-9)
    assert len(found.groups) == 4
    assert found.inertia < found.inertia_before


def test_two_emptied_segments_go_to_the_two_farthest() -> None:
    values = heavy(6)
    start = np.vstack([values[:3], np.full((1, 4), 99.0), np.full((1, 4), -99.0)])
    found = refined(values, start, tolerance=0.0, max_steps=1)
    distances = np.linalg.norm(values[:, None] - start[None], axis=2).min(axis=1)
    farthest = values[np.argsort(-distances)[:2]]
    assert np.array(found.centroids[3:]) == pytest.approx(farthest, abs=1e-9)


def test_a_sum_that_rises_in_its_last_bits_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    values = blobs(7)
    inertias = iter([10.0, 9.0, 9.0 + 1e-12, 1.0])
    monkeypatch.setattr(refinement, "inertia_of", lambda _: next(inertias))
    found = refine(in_database(values), values[:4].tolist(), tolerance=0.0)
    assert (found.steps, found.inertia) == (1, 9.0)


def test_equal_runs_give_equal_centroids() -> None:
    values = heavy(9)
    assert len({refined(values, values[:5], max_steps=2).centroids for _ in range(2)}) == 1

"""What the evidence for k = 2 to 10 costs, part by part: 20,000 customers, and Online Retail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pytest

import segdb
from segdb.cluster.gap import gaps
from segdb.cluster.k_scan import DRAWS
from segdb.cluster.kmeans import Fit
from segdb.cluster.kmeans_range import fit_range
from segdb.cluster.matrix import Floats, Matrix
from segdb.cluster.nearest import nearest
from segdb.cluster.silhouette import SAMPLE_ROWS, silhouettes
from segdb.cluster.stability import resamples
from segdb.engines.duckdb.database import DuckDB
from segdb.steps.preprocess.learn import to_matrix
from segdb.steps.segment.cluster_metrics import quality_from
from segdb.steps.segment.distance_backend import InDatabase, InMemory
from tests.benchmarks.test_benchmarks import save, show

T = TypeVar("T")
KS = range(2, 11)
TARGET = 2.5


def planted() -> Floats:
    draw = np.random.default_rng(1)
    centers = draw.normal(size=(6, 6)) * 2.0
    return centers[draw.integers(0, 6, 20_000)] + draw.normal(size=(20_000, 6))


def online_retail(data: Path) -> Floats:
    with duckdb.connect() as connection:
        settings = {"cluster": {"k": 5, "n_init": 1}}
        made = segdb.run(data / "online_retail.parquet", database=connection, settings=settings)
        store = DuckDB(connection)
        kinds = store.schema("segdb.customer_features")
        natural = ibis.table(kinds, name="customer_features", database="segdb")
        query = to_matrix(natural, made.model).order_by("customer_id")
        columns = store.fetch(query).select(list(made.model.columns))
    return np.column_stack([column.to_numpy() for column in columns])


@pytest.fixture(params=["20,000 × 6", "Online Retail"])
def matrix(request: pytest.FixtureRequest) -> Iterator[tuple[str, Matrix]]:
    if request.param == "Online Retail":
        yield request.param, Matrix.of(online_retail(request.getfixturevalue("shared_data")))
    else:
        yield request.param, Matrix.of(planted())


def test_evidence(matrix: tuple[str, Matrix]) -> None:
    name, whole = matrix
    parts: dict[str, tuple[float, float]] = {}

    def timed(part: str, job: Callable[[], T]) -> T:
        began, processor = time.perf_counter(), time.process_time()
        done = job()
        parts[part] = time.perf_counter() - began, time.process_time() - processor
        return done

    fits = timed("K-Means", lambda: fit_range(whole, KS, 1, 10))
    rows = whole.sample(SAMPLE_ROWS, np.random.default_rng(1))
    labels = [nearest(rows.values, fit.centroids) for fit in fits]
    timed("silhouette", lambda: silhouettes(rows, labels))
    timed("gap statistic", lambda: gaps(rows, fits, 1, DRAWS.references))
    timed("stability", lambda: resamples(whole, KS, 1, DRAWS.resamples))
    timed(
        "figures in memory",
        lambda: InMemory(whole).qualities([fit.centroids.tolist() for fit in fits]),
    )
    seconds, processor = (sum(part[place] for part in parts.values()) for place in (0, 1))
    show(
        f"\nEvidence of {name} for k = 2 to 10: {seconds:.1f} s, {processor:.1f} cpu s "
        f"(target {TARGET}), by part:"
    )
    timed("figures in SQL, for comparison", lambda: in_sql(whole, fits))
    show(", ".join(f"{part} {cpu:.2f}" for part, (_, cpu) in parts.items()))
    slug = name.lower().replace(",", "").replace(" × ", "x").replace(" ", "_")
    values = {"seconds": seconds, "cpu_seconds": processor, "target": TARGET}
    save(f"evidence_{slug}", {**values, "parts": {p: cpu for p, (_, cpu) in parts.items()}})


def in_sql(whole: Matrix, fits: tuple[Fit, ...]) -> None:
    columns = [f"x_{i}" for i in range(whole.values.shape[1])]
    with duckdb.connect() as connection:
        table = pa.table(dict(zip(columns, whole.values.T, strict=True)))
        connection.register("given", table)
        connection.execute("CREATE TABLE scaled AS FROM given").fetchall()
        store = DuckDB(connection)
        scaled = store.unbound("scaled", "scaled")
        squares = float(((whole.values - whole.values.mean(axis=0)) ** 2).sum())
        distances = InDatabase(store, scaled, tuple(columns))
        for fit in fits:
            own = fit.centroids.tolist()
            found = quality_from(distances.quality(own), own, squares)
            assert found.inertia == pytest.approx(fit.inertia, rel=1e-9)

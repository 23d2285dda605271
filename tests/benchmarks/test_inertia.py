"""How near K-Means comes to the best of 300 starts of scikit-learn, k = 2 to 10."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import ibis
import numpy as np
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

import segdb
from segdb.cluster.kmeans_range import fit_range
from segdb.cluster.matrix import Floats, Matrix
from segdb.engines.duckdb.database import DuckDB
from segdb.steps.preprocess.learn import to_matrix
from tests.benchmarks.test_benchmarks import save, show

KS = range(2, 11)
SEEDS = range(5)
TARGET = 1e-4


def planted(customers: int) -> Callable[[], Floats]:
    """Recency, frequency and monetary of a shop of five kinds of customers, standardized."""

    def make() -> Floats:
        draw = np.random.default_rng(customers)
        kind = draw.choice(5, customers, p=[0.1, 0.2, 0.3, 0.25, 0.15])
        recency = draw.gamma(2.0, np.array([5, 20, 60, 120, 200])[kind])
        orders = 1 + draw.poisson(np.array([30, 12, 5, 2, 0.5])[kind])
        spent = orders * draw.lognormal(np.array([4.0, 3.5, 3.2, 3.0, 2.8])[kind], 0.6)
        values = np.log1p(np.column_stack([recency, orders, spent]))
        scaled: Floats = (values - values.mean(axis=0)) / values.std(axis=0)
        return scaled

    return make


def matrix_of(path: Path) -> Floats:
    """The scaled features of all customers of a file."""
    with duckdb.connect() as connection:
        settings = {"cluster": {"k": 5, "n_init": 1}}
        made = (
            segdb.run(path, database=connection, settings=settings)
            if "retail" in path.name
            else segdb.run(customers=path, database=connection, settings=settings)
        )
        store = DuckDB(connection)
        natural = ibis.table(
            store.schema("segdb.customer_features"), name="customer_features", database="segdb"
        )
        query = to_matrix(natural, made.model).order_by("customer_id")
        columns = store.fetch(query).select(list(made.model.columns))
    return np.column_stack([column.to_numpy() for column in columns.columns])


@pytest.fixture(
    params=["planted 2,000", "planted 10,000", "planted 50,000", "Mall", "Marketing", "Retail"]
)
def values(request: pytest.FixtureRequest) -> Iterator[tuple[str, Floats]]:
    name = request.param
    if name.startswith("planted"):
        yield name, planted(int(name.split()[1].replace(",", "")))()
        return
    files = {
        "Mall": "mall_customers.csv",
        "Marketing": "marketing_campaign.tsv",
        "Retail": "online_retail.parquet",
    }
    yield name, matrix_of(request.getfixturevalue("shared_data") / files[name])


def test_against_300_starts(values: tuple[str, Floats]) -> None:
    name, rows = values
    began = time.process_time()
    with threadpool_limits(1):
        best = {
            k: min(KMeans(k, n_init=10, random_state=s).fit(rows).inertia_ for s in range(30))
            for k in KS
        }
    theirs = time.process_time() - began
    above: list[float] = []
    began = time.process_time()
    for seed in SEEDS:
        found = fit_range(Matrix.of(rows), KS, seed, 10)
        above += [fit.inertia / best[fit.k] - 1.0 for fit in found]
    ours = (time.process_time() - began) / len(SEEDS)
    worst, missed = max(above), sum(value > TARGET for value in above)
    show(
        f"{name} {rows.shape}: worst {worst:+.1e} of the best of 300 starts, "
        f"{missed} of {len(above)} fits above {TARGET:.0e}, "
        f"{ours / theirs:.2f} of their processor time"
    )
    save(f"inertia {name}", {"worst": worst, "above target": missed, "fits": len(above)})
    # Not a time: no fit ends far above the best.
    assert worst < 10 * TARGET

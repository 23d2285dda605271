"""What it costs to use a model that is there: to assign customers, and to refresh the tables."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

import segdb
from segdb.demo import synthetic
from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.assign import assign, labelled
from segdb.sql import to_sql
from segdb.steps.lifecycle.load_run import stored_run
from segdb.steps.preprocess.learn import to_matrix
from tests.benchmarks.test_benchmarks import MILLION, save, show

SETTINGS: dict[str, Any] = {
    "source": {"watermark": "ordered_at"},
    "clean": {"duplicates": "keep"},
    "features": {"sampled_orders": True},
    "cluster": {"k": 5},
}


def spent(job: Callable[[], Any]) -> tuple[float, float]:
    """Run a job: wall and processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    job()
    return time.perf_counter() - wall, time.process_time() - processor


def test_a_model_in_use(tmp_path: Path, millions: float) -> None:
    customers = max(50, int(millions * MILLION / synthetic.ORDERS_PER_CUSTOMER))
    sound = f"ordered_at < TIMESTAMP '{synthetic.AS_OF}'"
    connection = duckdb.connect(str(tmp_path / "shop.duckdb"))
    connection.execute(f"CREATE TABLE shop AS FROM ({synthetic.orders(customers)}) WHERE {sound}")
    run = spent(lambda: segdb.run("shop", database=connection, settings=SETTINGS))
    connection.execute(
        "INSERT INTO shop SELECT order_id + 1000000000000, customer_id, "
        f"TIMESTAMP '{synthetic.AS_OF}' + to_seconds(order_id % 3600), amount, quantity, category "
        "FROM shop WHERE customer_id % 500 = 7 AND amount > 0"
    ).fetchall()
    refresh = spent(lambda: segdb.refresh(database=connection))
    touched = connection.execute("SELECT count(*) FROM segdb_touched").fetchall()[0][0]
    copied, assigned = assigning(connection)
    connection.close()
    show(f"\n{millions:g} million orders, {customers:,} customers: wall s, cpu s")
    for name, (wall, processor) in {
        "run": run,
        f"refresh, {touched:,} customers touched": refresh,
        "features and labels read, labels written": copied,
        "features read, assigned, labels written": assigned,
    }.items():
        show(f"{name:45}{wall:9.2f}{processor:9.2f}")
    ratios = {"refresh_to_run": refresh[1] / run[1], "assign_to_copy": assigned[1] / copied[1]}
    show(f"refresh / run {ratios['refresh_to_run']:.2f}, assigning / reading and writing "
         f"{ratios['assign_to_copy']:.2f} (target 2.0), by processor time")  # fmt: skip
    save(f"model_in_use_{millions:g}m", ratios)


def assigning(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Time a copy of features and labels that are there, and the assignment by the model.

    The copy writes the labels that the assignment finds: constants would compress to nothing.
    """
    store = DuckDB(connection)
    model = stored_run(store, "segdb").model
    features = store.stored("segdb", "customer_features")
    names = list(model.catalogue.names)
    given = features.select("customer_id", *names)
    labels = ("segment_id", "segment", "distance", "margin")
    found = store.stored("segdb", "segments").select("customer_id", *labels)
    known = store.table("segdb_labelled", given.join(found, "customer_id"))
    read = [known[name].fill_null(0.0) for name in names]
    same = known.select(
        "customer_id", "segment_id", "segment", "margin", distance=sum(read, known["distance"])
    )
    centroids = [segment.centroid for segment in model.segments]
    own = labelled(assign(to_matrix(features, model), model.columns, centroids), model)
    times = []
    for query in (same, own):
        sql = f"CREATE OR REPLACE TABLE labels AS {to_sql(query)}"
        times.append(min((spent(partial(store.execute, sql)) for _ in range(3)), key=sum))
    store.execute("DROP TABLE labels")
    return times[0], times[1]

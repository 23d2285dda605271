"""``make bench-engines``: segdb on each engine, beside its bare GROUP BY and Spark's own way.

Spark MLlib does the contenders' job on the same two cores, without a cluster between them. Ratios
are to be compared within one run.
"""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

import segdb
from segdb.demo import synthetic
from tests.benchmarks import contenders
from tests.benchmarks.test_benchmarks import HERE, MILLION, save, show, timed
from tests.engines.spark.conftest import emptied, session
from tests.postgres_server import postgres
from tests.spark_cluster import Cluster, java_home

__all__ = ["postgres"]
pytestmark = pytest.mark.engines

_BARE = (
    "SELECT customer_id, count(DISTINCT order_id) AS n, max(ordered_at) AS last, "
    "min(ordered_at) AS first, sum(amount) AS amount FROM orders GROUP BY customer_id"
)


@pytest.fixture
def orders(tmp_path: Path, millions: float) -> Path:
    """Orders of a made-up shop, in a file."""
    path = tmp_path / "orders.parquet"
    shop = synthetic.orders(max(50, int(millions * MILLION / synthetic.ORDERS_PER_CUSTOMER)))
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({shop}) TO '{path}' (FORMAT parquet)").fetchall()
    return path


def test_engines(orders: Path, tmp_path: Path, postgres: Any, millions: float) -> None:
    seconds: dict[str, float] = {}
    inertias: dict[str, float] = {}

    def clocked(name: str, work: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        result = work()
        seconds[name] = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        show(f"{name}: {seconds[name]:.1f} s, Python's peak so far {peak} MB")
        return result

    def run(name: str, source: str, database: Any) -> None:
        with clocked(
            f"segdb on {name}",
            lambda: segdb.run(source, database=database, settings=contenders.SETTINGS),
        ) as result:
            (row,) = result.query(
                "SELECT inertia FROM runs ORDER BY run_id DESC LIMIT 1"
            ).to_pylist()
            inertias[name] = row["inertia"]

    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute(f"CREATE TABLE orders AS FROM '{orders}'").fetchall()
        clocked("DuckDB's GROUP BY", lambda: connection.execute(_BARE).fetchall())
        run("DuckDB", "orders", connection)
    _on_postgres(orders, postgres, clocked, run)
    cluster = Cluster(tmp_path / "spark", java_home(), few_rows=False)
    cluster.folder.mkdir()
    try:
        cluster.start()
        with session(cluster.url) as opened:
            emptied(opened)
            opened.read.parquet(str(orders)).createOrReplaceTempView("orders")
            clocked("Spark's GROUP BY", lambda: opened.sql(_BARE).toArrow())
        run("Spark", str(orders), cluster.url)
    finally:
        cluster.stop()
    # The session of this process asked PySpark for Spark Connect, and for nothing else.
    os.environ.pop("SPARK_CONNECT_MODE_ENABLED", None)
    os.environ.pop("SPARK_REMOTE", None)
    command = [str(HERE / "contenders.py"), "spark", str(orders), str(tmp_path / "labels")]
    seconds["Spark MLlib"], output = timed(command, {"JAVA_HOME": cluster.java})
    show(f"Spark MLlib: {seconds['Spark MLlib']:.1f} s")
    assert json.loads(output)["customers"] > 0
    ratio = seconds["segdb on Spark"] / seconds["Spark MLlib"]
    show(f"{millions:g} million orders: segdb on Spark takes {ratio:.2f} of MLlib's time")
    save(f"engines_{millions:g}", seconds)
    first = inertias["DuckDB"]
    assert inertias == pytest.approx(dict.fromkeys(inertias, first), rel=1e-9)


def _on_postgres(
    orders: Path,
    postgres: Any,
    clocked: Callable[[str, Callable[[], Any]], Any],
    run: Callable[[str, str, Any], None],
) -> None:
    postgres.execute("DROP TABLE IF EXISTS orders")
    with duckdb.connect() as connection:
        text = orders.with_suffix(".csv")
        connection.execute(
            f"COPY (FROM '{orders}') TO '{text}' (FORMAT csv, HEADER false)"
        ).fetchall()
        kinds = connection.execute(f"DESCRIBE FROM '{orders}'").fetchall()
    words = {"DOUBLE": "DOUBLE PRECISION", "VARCHAR": "TEXT"}
    columns = ", ".join(f'"{kind[0]}" {words.get(kind[1], kind[1])}' for kind in kinds)
    postgres.execute(f"CREATE TABLE orders ({columns})")
    with (
        text.open("rb") as file,
        postgres.cursor() as cursor,
        cursor.copy("COPY orders FROM STDIN (FORMAT csv)") as copy,
    ):
        while block := file.read(1 << 20):
            copy.write(block)
    postgres.execute("ANALYZE orders")
    clocked("PostgreSQL's GROUP BY", lambda: postgres.execute(_BARE).fetchall())
    run("PostgreSQL", "orders", postgres)

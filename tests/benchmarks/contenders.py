"""The contenders: each does the same job, in a process of its own.

The job: read Parquet, drop bad rows, six features by customer, cap at 1 % and 99 %, log, scale,
K-Means for k = 2 to 10, choose, label every customer, write the labels.

    python tests/benchmarks/contenders.py NAME ORDERS LABELS

prints one JSON object: k, the inertia by k, customers, processor seconds and peak memory.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

AS_OF = "2026-07-01 00:00:00"
LOGGED = ("frequency", "monetary", "average_order_value", "days_between_orders")
NAMES = ("recency_days", "frequency", "monetary", "tenure_days", *LOGGED[2:])
KS = range(2, 11)
SETTINGS: dict[str, Any] = {
    "as_of": AS_OF.replace(" ", "T"),
    "clean": {"duplicates": "keep"},
    "features": {
        "transform": dict.fromkeys(LOGGED, "log1p"),
        "max_correlation": 1.0,
        "sampled_orders": True,
    },
}
# Everyone counts rows for orders. Returns are netted, and a customer who only gave back is
# dropped, as segdb does it.
_SQL = f"""
SELECT customer_id,
    max(ordered_at) FILTER (WHERE bought) AS last, min(ordered_at) FILTER (WHERE bought) AS first,
    count(*) FILTER (WHERE bought) AS frequency, sum(amount) AS monetary
FROM (SELECT *, amount >= 0 AND quantity >= 0 AS bought FROM read_parquet(?))
WHERE customer_id IS NOT NULL AND amount IS NOT NULL AND ordered_at <= TIMESTAMP '{AS_OF}'
GROUP BY customer_id HAVING count(*) FILTER (WHERE bought) > 0
"""

Answer = dict[str, Any]
_STARTED = time.time()


def floor(orders: str, _: str) -> Answer:
    """Bare DuckDB: the features' GROUP BY, and a write of (customer_id, integer)."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder, duckdb.connect(f"{folder}/floor.duckdb") as con:
        con.execute(f"CREATE TABLE features AS {_SQL}", [orders]).fetchall()
        con.execute(
            "CREATE TABLE labels AS SELECT customer_id, CAST(frequency AS INTEGER) AS label "
            "FROM features"
        ).fetchall()
        return {"customers": _one(con.execute("SELECT count(*) FROM labels").fetchone())}


def by_hand(orders: str, _: str) -> Answer:
    """The job and nothing else: DuckDB, and K-Means on 20,000 customers drawn with equal chances.

    No refinement, no evidence but the elbow, nothing explained or published: what is above this is
    what segdb's tables cost.
    """
    import duckdb
    import numpy as np
    from sklearn.cluster import KMeans

    with tempfile.TemporaryDirectory() as folder, duckdb.connect(f"{folder}/hand.duckdb") as con:
        days = "(epoch({}) - epoch({})) / 86400"
        now = f"TIMESTAMP '{AS_OF}'"
        con.execute(
            f"CREATE TEMP TABLE features AS SELECT customer_id, "
            f"floor({days.format(now, 'last')}) AS recency_days, frequency, "
            f"CAST(monetary AS DOUBLE) AS monetary, "
            f"floor({days.format(now, 'first')}) AS tenure_days, "
            "CAST(monetary AS DOUBLE) / frequency AS average_order_value, "
            f"{days.format('last', 'first')} / nullif(frequency - 1, 0) AS days_between_orders "
            f"FROM ({_SQL})",
            [orders],
        ).fetchall()
        levels = ", ".join(f"quantile_cont({name}, [0.01, 0.5, 0.99])" for name in NAMES)
        bounds = con.execute(f"SELECT {levels} FROM features").fetchall()[0]
        capped = [
            f"least(greatest(coalesce({name}, {median}), {low}), {high})"
            for name, (low, median, high) in zip(NAMES, bounds, strict=True)
        ]
        shown = [
            f"CAST({f'ln(1 + {x})' if name in LOGGED else x} AS DOUBLE) AS {name}"
            for name, x in zip(NAMES, capped, strict=True)
        ]
        con.execute(
            f"CREATE TEMP TABLE shown AS SELECT customer_id, {', '.join(shown)} FROM features"
        ).fetchall()
        moments = ", ".join(f"avg({name}), stddev_pop({name})" for name in NAMES)
        row = con.execute(f"SELECT {moments} FROM shown").fetchall()[0]
        means, spreads = np.array(row[::2]), np.array(row[1::2])
        drawn = con.execute(
            f"SELECT {', '.join(NAMES)} FROM shown "
            "USING SAMPLE reservoir(20000 ROWS) REPEATABLE (42)"
        ).fetchnumpy()
        values = (np.column_stack([drawn[name] for name in NAMES]) - means) / spreads
        fits = {k: KMeans(k, n_init=10, random_state=42).fit(values) for k in KS}
        k = elbow({k: float(fit.inertia_) for k, fit in fits.items()})
        centers = fits[k].cluster_centers_ * spreads + means
        squares = ", ".join(_square(center, spreads) for center in centers)
        con.execute(
            "CREATE TABLE labels AS SELECT customer_id, CAST(list_position(squares, least) AS "
            "INTEGER) AS label, least FROM (SELECT customer_id, squares, list_min(squares) AS "
            f"least FROM (SELECT customer_id, [{squares}] AS squares FROM shown))"
        ).fetchall()
        count, inertia = con.execute("SELECT count(*), sum(least) FROM labels").fetchall()[0]
        return {"k": k, "inertia": {k: inertia}, "customers": count}


def _square(center: Any, spreads: Any) -> str:
    return " + ".join(
        f"(({name} - {value}) / {spread}) ** 2"
        for name, value, spread in zip(NAMES, center, spreads, strict=True)
    )


def segdb(orders: str, _: str) -> Answer:
    """As the floor does it, duplicate rows are kept."""
    return _segdb(orders, SETTINGS)


def segdb_rejecting_duplicates(orders: str, _: str) -> Answer:
    """With duplicate rows rejected, which is the default and what no other contender does."""
    return _segdb(orders, {**SETTINGS, "clean": {}})


def segdb_from_csv(orders: str, _: str) -> Answer:
    """With the orders in text, where every column has to be read out of characters."""
    return _segdb(str(Path(orders).with_suffix(".csv")), SETTINGS)


def segdb_in_2gb(orders: str, _: str) -> Answer:
    """With the engine's memory limited."""
    return _segdb(orders, {**SETTINGS, "engine": {"memory_limit": "2GB"}})


def segdb_with_report(orders: str, _: str) -> Answer:
    """With the HTML report."""
    return _segdb(orders, SETTINGS, report=True)


def pandas(orders: str, labels: str) -> Answer:
    """A good notebook: pandas and scikit-learn."""
    import numpy as np
    import pandas as pd

    frame = pd.read_parquet(orders)
    frame = frame.dropna(subset=["customer_id", "ordered_at", "amount"])
    frame = frame[frame["ordered_at"] <= pd.Timestamp(AS_OF)]
    frame["amount"] = frame["amount"].astype("float64")
    bought = frame[(frame["amount"] >= 0) & (frame["quantity"] >= 0)]
    moments = bought.groupby("customer_id")["ordered_at"].agg(["min", "max", "count"])
    table = moments.join(frame.groupby("customer_id")["amount"].sum()).sort_index()
    now, day = pd.Timestamp(AS_OF), pd.Timedelta(days=1)
    count, total = table["count"], table["amount"]
    features = pd.DataFrame(
        {
            "recency_days": (now - table["max"]) // day,
            "frequency": count,
            "monetary": total,
            "tenure_days": (now - table["min"]) // day,
            "average_order_value": total / count,
            "days_between_orders": (table["max"] - table["min"])
            / day
            / (count - 1).replace(0, np.nan),
        }
    ).astype("float64")
    return _scikit_learn(features.to_numpy(), features.index.to_numpy(), labels)


def polars(orders: str, labels: str) -> Answer:
    """The same with polars, lazily."""
    import polars as pl

    now = pl.lit(AS_OF).str.to_datetime()
    bought = (pl.col("amount") >= 0) & (pl.col("quantity") >= 0)
    moment, day = pl.col("ordered_at").filter(bought), 86_400
    count = pl.col("frequency")
    table = (
        pl.scan_parquet(orders)
        .drop_nulls(["customer_id", "ordered_at", "amount"])
        .filter(pl.col("ordered_at") <= now)
        .with_columns(pl.col("amount").cast(pl.Float64))
        .group_by("customer_id")
        .agg(
            last=moment.max(),
            first=moment.min(),
            frequency=bought.sum().cast(pl.Float64),
            monetary=pl.col("amount").sum(),
        )
        .filter(count > 0)
        .sort("customer_id")
        .select(
            "customer_id",
            recency_days=(now - pl.col("last")).dt.total_seconds() // day,
            frequency="frequency",
            monetary="monetary",
            tenure_days=(now - pl.col("first")).dt.total_seconds() // day,
            average_order_value=pl.col("monetary") / count,
            days_between_orders=pl.when(count > 1).then(
                (pl.col("last") - pl.col("first")).dt.total_seconds() / day / (count - 1)
            ),
        )
        .collect()
    )
    values = table.select(pl.col(*NAMES).cast(pl.Float64).fill_null(float("nan"))).to_numpy()
    return _scikit_learn(values, table["customer_id"].to_numpy(), labels)


def spark(orders: str, labels: str) -> Answer:
    """Spark MLlib on two local cores."""
    means = importlib.import_module("pyspark.ml.clustering").KMeans
    shaping = importlib.import_module("pyspark.ml.feature")
    session = (
        importlib.import_module("pyspark.sql").SparkSession.builder.master("local[2]").getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    session.read.parquet(orders).createOrReplaceTempView("orders")
    source = "(SELECT *, amount >= 0 AND quantity >= 0 AS bought FROM orders)"
    raw = session.sql(_SQL.replace("(SELECT *, amount >= 0 AND quantity >= 0 AS bought FROM "
                                   "read_parquet(?))", source))  # fmt: skip
    raw.createOrReplaceTempView("customers")
    days = "(unix_timestamp({}) - unix_timestamp({})) / 86400"
    table = session.sql(
        f"SELECT customer_id, floor({days.format(repr(AS_OF), 'last')}) AS recency_days, "
        "CAST(frequency AS double) AS frequency, CAST(monetary AS double) AS monetary, "
        f"floor({days.format(repr(AS_OF), 'first')}) AS tenure_days, "
        "CAST(monetary AS double) / frequency AS average_order_value, "
        f"{days.format('last', 'first')} / nullif(frequency - 1, 0) AS days_between_orders "
        "FROM customers"
    ).cache()
    bounds = table.approxQuantile(list(NAMES), [0.01, 0.5, 0.99], 1e-4)
    for name, (lower, median, upper) in zip(NAMES, bounds, strict=True):
        value = f"least(greatest(coalesce({name}, {median}D), {lower}D), {upper}D)"
        shown = f"ln(1 + {value})" if name in LOGGED else value
        table = table.selectExpr("*", f"CAST({shown} AS double) AS x_{name}")
    vectors = shaping.VectorAssembler(
        inputCols=[f"x_{n}" for n in NAMES], outputCol="raw"
    ).transform(table)
    scaler = shaping.StandardScaler(withMean=True, inputCol="raw", outputCol="features").fit(
        vectors
    )
    scaled = scaler.transform(vectors).select("customer_id", "features").cache()
    fits = {k: means(k=k, seed=42, maxIter=50).fit(scaled) for k in KS}
    inertia = {k: fit.summary.trainingCost for k, fit in fits.items()}
    k = elbow(inertia)
    found = fits[k].transform(scaled).selectExpr("customer_id", "prediction AS label")
    found.write.mode("overwrite").parquet(labels)
    return {"k": k, "inertia": inertia, "customers": found.count()}


def elbow(inertia: dict[int, float]) -> int:
    """The k farthest below the line from the first inertia to the last."""
    ks = sorted(inertia)
    first, last = inertia[ks[0]], inertia[ks[-1]]

    def below(k: int) -> float:
        line = first + (last - first) * (k - ks[0]) / (ks[-1] - ks[0])
        return line - inertia[k]

    return max(ks, key=below)


class Phases:
    """Hears the steps of a run, and measures each: wall and processor seconds."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.warnings: list[Any] = []
        # From the start of the process, so that imports are a phase as well.
        self.moments = [("Start and imports", 0.0, 0.0), ("Opening the database", *_clocks())]

    def step(self, name: str) -> None:
        """Hear that a step begins."""
        self.moments.append((name, *_clocks()))

    def note(self, words: str) -> None:
        """Hear a note."""

    def warn(self, warning: Any) -> None:
        """Hear a warning."""

    def seconds(self) -> dict[str, dict[str, float]]:
        """Return the seconds of each phase, by its name."""
        ends = [*self.moments[1:], ("", *_clocks())]
        return {
            name: {"seconds": after - wall, "cpu_seconds": used - cpu}
            for (name, wall, cpu), (_, after, used) in zip(self.moments, ends, strict=True)
        }


def _clocks() -> tuple[float, float]:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return time.time() - _STARTED, own.ru_utime + own.ru_stime


def _segdb(orders: str, settings: dict[str, Any], *, report: bool = False) -> Answer:
    import segdb as package
    from segdb.config.settings import parse
    from segdb.report.page import render
    from segdb.report.write import write

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/segments.duckdb"
        phases = Phases()
        with package.run(orders, database=path, settings=settings, progress=phases) as run:
            if report:
                write(Path(folder) / "report.html", render(run.query, parse(settings)))
            rows = run.query("SELECT k, inertia FROM segdb.k_selection").to_pylist()
            return {
                "k": run.facts["k"],
                "inertia": {row["k"]: row["inertia"] for row in rows},
                "customers": run.facts["customers"],
                "phases": phases.seconds(),
            }


def _scikit_learn(values: Any, ids: Any, labels: str) -> Answer:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import StandardScaler

    values = np.where(np.isnan(values), np.nanmedian(values, axis=0), values)
    values = np.clip(values, *np.percentile(values, [1, 99], axis=0))
    logged = [NAMES.index(name) for name in LOGGED]
    values[:, logged] = np.log1p(values[:, logged])
    values = StandardScaler().fit_transform(values)
    fits = {k: KMeans(k, n_init=10, random_state=42).fit(values) for k in KS}
    inertia = {k: float(fit.inertia_) for k, fit in fits.items()}
    k = elbow(inertia)
    pq.write_table(pa.table({"customer_id": ids, "label": fits[k].labels_}), labels)
    return {"k": k, "inertia": inertia, "customers": len(ids)}


def _one(row: tuple[Any, ...] | None) -> Any:
    return None if row is None else row[0]


def lacking(name: str) -> str | None:
    """Say why a contender cannot run here; None if it can."""
    needs = {"pandas": ["pandas"], "polars": ["polars"], "spark": ["pyspark"]}.get(name, [])
    for module in needs:
        if importlib.util.find_spec(module) is None:
            return f"{module} is not installed"
    if name == "spark" and shutil.which("java") is None:
        return "there is no Java on the PATH"
    return None


CONTENDERS: dict[str, Callable[[str, str], Answer]] = {
    "floor": floor,
    "by hand": by_hand,
    "segdb": segdb,
    "segdb with report": segdb_with_report,
    "segdb rejecting duplicates": segdb_rejecting_duplicates,
    "segdb in 2 GB": segdb_in_2gb,
    "segdb from csv": segdb_from_csv,
    "pandas": pandas,
    "polars": polars,
    "spark": spark,
}


def spent() -> Answer:
    """Processor seconds and peak memory of this process and of those it waited for."""
    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = sum(used.ru_utime + used.ru_stime for used in (own, children))
    # Linux counts in kilobytes, macOS in bytes.
    peak = own.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    status = Path("/proc/self/status")
    if status.exists():
        # What Linux says above begins with the memory of the process that started this one.
        lines = status.read_text("utf-8").splitlines()
        peak = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    return {"cpu_seconds": seconds, "peak_mb": peak}


if __name__ == "__main__":
    answer = CONTENDERS[sys.argv[1]](sys.argv[2], sys.argv[3])
    sys.stdout.write(json.dumps({**answer, **spent()}) + "\n")

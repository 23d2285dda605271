"""The compiled SQL gives every customer the published label, on the engines that are run."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.cluster import KMeans

import segdb
from segdb.engines.duckdb.database import DuckDB
from segdb.model import Model
from segdb.steps.use.export_sql import ExportTarget, compile_run
from tests.conftest import ROOT
from tests.exports.engines import Labels, labels, load_postgres, load_sqlite

# A run, and its sources as tables of typed columns.
Case = tuple[duckdb.DuckDBPyConnection, dict[str, pa.Table]]
RETAIL = {
    "customer_id": "CustomerID",
    "order_id": "InvoiceNo",
    "ordered_at": "InvoiceDate",
    "quantity": "Quantity",
    "unit_price": "UnitPrice",
}
# Where `make engines` puts them.
ELSEWHERE = ROOT / ".venv-engines" / "bin" / "python"
PUBLISHED = "SELECT customer_id, segment_id, segment FROM segdb.segments"


def arrow(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    return connection.sql(sql).to_arrow_table()


def segmented(sources: dict[str, Any], settings: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    segdb.run(**sources, database=connection, settings={"cluster": {"n_init": 1}, **settings})
    return connection


def online_retail(data: Path, _: Path) -> Case:
    source = data / "online_retail.parquet"
    settings = {
        "columns": RETAIL,
        "clean": {"reject": {"not a product": "length(StockCode) < 5 OR UnitPrice <= 0"}},
        "features": {"sql": {"variety": "count(DISTINCT StockCode) / count(DISTINCT InvoiceNo)"}},
        "cluster": {"k": 4, "n_init": 1},
    }
    connection = segmented({"orders": source}, settings)
    return connection, {"orders": arrow(connection, f"FROM '{source}'")}


def mall(data: Path, _: Path) -> Case:
    source = data / "mall_customers.csv"
    measures = ["Age", "Annual Income (k$)", "Spending Score (1-100)"]
    settings = {
        "features": {"attributes": measures, "categories": ["Gender"], "components": 2},
        "cluster": {"k": 5, "n_init": 1},
    }
    connection = segmented({"customers": source}, settings)
    return connection, {"customers": arrow(connection, f"FROM '{source}'")}


def cdnow(data: Path, tmp_path: Path) -> Case:
    lines = (line.split() for line in (data / "cdnow_sample.txt").read_text("utf-8").splitlines())
    rows = [f"{line[0]},{line[2]},{line[4]}" for line in lines if len(line) >= 5]
    path = tmp_path / "cdnow.csv"
    path.write_text("customer,date,dollars\n" + "\n".join(rows), "utf-8")
    settings = {
        "source": {"date_format": "%Y%m%d"},
        "columns": {"customer_id": "customer", "ordered_at": "date", "amount": "dollars"},
        "cluster": {"k": 4, "n_init": 1},
    }
    connection = segmented({"orders": path}, settings)
    typed = (
        "SELECT customer, strptime(date, '%Y%m%d') AS date, dollars::DOUBLE AS dollars "
        f"FROM read_csv('{path}', all_varchar = true)"
    )
    return connection, {"orders": arrow(connection, typed)}


def both(_: Path, __: Path) -> Case:
    connection = duckdb.connect()
    connection.execute("""
        CREATE TABLE shop AS
        SELECT 'c' || (i * 7919 % 180) AS client, i // 2 AS basket,
               TIMESTAMP '2024-01-01' + to_minutes((i * 3571 % 260000)::INTEGER) AS at,
               ((i * 31 % 400) - 12)::DECIMAL(12, 2) / 4 AS total,
               ['tea', 'cups', NULL][1 + i % 3] AS department
        FROM range(2400) t(i);
        CREATE TABLE people AS
        SELECT 'c' || i AS client, CASE WHEN i % 11 > 0 THEN 20 + i * 13 % 50 END AS age,
               DATE '2020-01-01' + (i % 700)::INTEGER AS since,
               ['gold', 'silver'][1 + i % 2] AS card
        FROM range(200) t(i);
        INSERT INTO people SELECT client, age + 1, since, card FROM people WHERE age > 65;
        -- Of a customer's rows the one that sorts first is kept, and NULL sorts last.
        INSERT INTO people SELECT client, NULL, since, card FROM people WHERE age < 30;
        INSERT INTO shop SELECT * FROM shop WHERE basket % 50 = 0;
    """).fetchall()
    settings = {
        "columns": {
            "customer_id": "client",
            "order_id": "basket",
            "ordered_at": "at",
            "amount": "total",
            "category": "department",
        },
        "clean": {"missing": "mean"},
        "features": {
            "use": ["recency_days", "frequency", "monetary", "categories", "active_months"],
            "attributes": ["age"],
            "categories": ["card"],
        },
        "cluster": {"k": 3, "n_init": 1},
    }
    segdb.run("shop", "people", database=connection, settings=settings)
    sources = {"orders": "FROM shop", "customers": "FROM people"}
    return connection, {name: arrow(connection, sql) for name, sql in sources.items()}


CASES: dict[str, Callable[[Path, Path], Case]] = {
    "online retail": online_retail,
    "mall": mall,
    "cdnow": cdnow,
    "both": both,
}


# The largest is slow; the others have every kind of source.
@pytest.fixture(
    scope="module",
    params=[pytest.param("online retail", marks=pytest.mark.slow), "mall", "cdnow", "both"],
)
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    needs = request.param != "both"
    data = request.getfixturevalue("shared_data") if needs else Path()
    connection, sources = CASES[request.param](data, tmp_path_factory.mktemp("case"))
    yield connection, sources
    connection.close()


def test_scikit_learn_predicts_the_published_labels(case: Case) -> None:
    connection = case[0]
    stored = connection.execute("SELECT model FROM segdb.runs").fetchall()
    model = Model.from_json(stored[0][0])
    sql = "FROM segdb.customer_features JOIN segdb.segments USING (customer_id)"
    table = arrow(connection, sql)
    columns = []
    for p in model.matrix:
        natural = table[p.feature].to_numpy().astype(float)
        value = np.where(np.isnan(natural), p.fill, natural)
        value = np.clip(value, p.lower, p.upper) if p.lower is not None else value
        value = np.log1p(value) if p.transform == "log1p" else value
        columns.append((value - p.center) / p.spread)
    scaled = np.column_stack(columns)
    if model.components is not None:
        scaled = (scaled - model.components.means) @ np.array(model.components.loadings).T
    kmeans = KMeans(len(model.segments), n_init=1, max_iter=1).fit(scaled)
    kmeans.cluster_centers_ = np.array([segment.centroid for segment in model.segments])
    places = kmeans.predict(scaled)
    expected = [model.segments[place].segment_id for place in places]
    assert table["segment_id"].to_pylist() == expected


def test_the_macro_gives_the_published_labels(case: Case) -> None:
    connection = case[0]
    stored = connection.execute("SELECT model FROM segdb.runs").fetchall()
    names = [p.feature for p in Model.from_json(stored[0][0]).matrix]
    given = ", ".join(f'"{name}" := f."{name}"' for name in names)
    rows = connection.execute(f"""
        SELECT f.customer_id, a.segment_id, a.segment
        FROM segdb.customer_features f, segdb.assign({given}) a
    """).fetchall()
    assert labels(rows) == published(case)


def test_the_live_view_gives_the_published_labels(case: Case) -> None:
    live = PUBLISHED.replace("segdb.segments", "segdb.segments_live")
    assert labels(case[0].execute(live).fetchall()) == published(case)


def compiled(case: Case, dialect: str) -> str:
    named = {name: f"{name}_typed_source" for name in case[1]}
    return compile_run(DuckDB(case[0]), "segdb", ExportTarget(None, dialect, **named))


def published(case: Case) -> Labels:
    return labels(case[0].execute(PUBLISHED).fetchall())


def three(sql: str) -> str:
    return f"SELECT customer_id, segment_id, segment FROM ({sql}) AS compiled"


def test_duckdb(case: Case) -> None:
    connection, sources = case
    for name, table in sources.items():
        connection.register(f"{name}_typed_source", table)
    rows = connection.execute(three(compiled(case, "duckdb"))).fetchall()
    assert labels(rows) == published(case)


def test_sqlite(case: Case) -> None:
    with sqlite3.connect(":memory:") as engine:
        for name, table in case[1].items():
            load_sqlite(engine, f"{name}_typed_source", table)
        rows = engine.execute(three(compiled(case, "sqlite"))).fetchall()
    engine.close()
    assert labels(rows) == published(case)


def test_postgres(case: Case, postgres: Any) -> None:
    for name, table in case[1].items():
        load_postgres(postgres, f"{name}_typed_source", table)
    rows = postgres.execute(three(compiled(case, "postgres"))).fetchall()
    assert labels(rows) == published(case)


def test_a_materialized_view_with_its_key(postgres: Any) -> None:
    connection, sources = both(Path(), Path())
    for name, table in sources.items():
        load_postgres(postgres, f"{name}_typed_source", table)
    sql = compiled((connection, sources), "postgres")
    postgres.execute(f"CREATE MATERIALIZED VIEW segments_now AS\n{sql}")
    postgres.execute("CREATE UNIQUE INDEX ON segments_now (customer_id)")
    postgres.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY segments_now")
    columns = "customer_id, segment_id, segment"
    rows = postgres.execute(f"SELECT {columns} FROM segments_now").fetchall()
    assert labels(rows) == published((connection, sources))
    postgres.execute("DROP MATERIALIZED VIEW segments_now")
    connection.close()


@pytest.mark.parametrize(("dialect", "library"), [("clickhouse", "chdb"), ("spark", "pyspark")])
def test_with_make_engines(case: Case, dialect: str, library: str, tmp_path: Path) -> None:
    there = [str(ELSEWHERE), "-c", f"import {library}"]
    if not ELSEWHERE.exists() or subprocess.run(there, check=False, capture_output=True).returncode:
        pytest.skip(f"{dialect} is not installed: make engines")
    for name, table in case[1].items():
        pq.write_table(table, tmp_path / f"{name}_typed_source.parquet")
    (tmp_path / "query.sql").write_text(three(compiled(case, dialect)), "utf-8")
    script = Path(__file__).parent / "elsewhere.py"
    command = [str(ELSEWHERE), str(script), dialect, str(tmp_path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-4000:]
    rows = json.loads((tmp_path / "rows.json").read_text("utf-8"))
    assert labels(rows) == published(case)

"""The same jobs on a Spark cluster and on DuckDB: every published table is the same.

A run takes a cluster longer than DuckDB, so each settles several questions; one setting at a time
is tried by `make engines`.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import segdb
from tests.engines.postgres.test_conformance import AS_OF, MORE, SETTINGS, alike
from tests.engines.spark.conftest import Loaded, session
from tests.engines.tables import differences, equal
from tests.steps import shops

pytestmark = pytest.mark.slow

# Of every stage another way than the default's.
OTHERWISE: dict[str, Any] = {
    "outliers": {"method": "mad"},
    "features": {"components": 2, "sql": {"variety": "count(DISTINCT department)"}},
    "clean": {"reject": {"small": "total < 0.5"}, "returns": "reject"},
    "scale": {"method": "robust"},
    "rfm": {"ties": "rank", "bins": 4},
}


@pytest.mark.parametrize("source", ["customers", "both"])
def test_every_source(shop: str, source: str) -> None:
    alike(shop, source, shops.settings(source, as_of=AS_OF))


def test_settings_together(shop: str) -> None:
    alike(shop, "both", shops.settings("both", **OTHERWISE))


@pytest.mark.engines
@pytest.mark.parametrize("name", [*SETTINGS, *MORE])
def test_settings(shop: str, name: str) -> None:
    alike(shop, "both", shops.settings("both", **{**SETTINGS, **MORE}[name]))


def test_a_chain_of_jobs(shop: str, tmp_path: Path) -> None:
    """Run, refresh on more orders, run with another k, roll back, and score."""
    more = (
        "SELECT client, basket + 10000 AS basket, bought_at, total, department FROM shop "
        "WHERE basket % 7 = 0 AND total > 50"
    )
    path = tmp_path / "embedded.duckdb"
    shops.opened(path=path).close()
    given = shops.settings("both")
    other = shops.settings("both", cluster={"k": 5, "n_init": 1})

    def jobs(database: str | Path) -> segdb.Result:
        segdb.run("shop", "people", database=database, settings=given).close()
        if isinstance(database, Path):
            with duckdb.connect(str(database)) as connection:
                connection.execute(f"INSERT INTO shop {more}").fetchall()
        else:
            with session(shop) as opened:
                opened.sql(f"INSERT INTO shop {more}")
        segdb.refresh(database=database).close()
        segdb.run("shop", "people", database=database, settings=other).close()
        assert segdb.rollback(1, database=database)["republishes"] == 1
        return segdb.open(database)

    with jobs(path) as embedded, jobs(shop) as cluster:
        assert differences(embedded, cluster) == []
        assert cluster.query("runs").num_rows == 4
        assert cluster.query("segment_value").equals(embedded.query("segment_value"))
        counted = "SELECT count(*) AS n FROM segments"
        assert cluster.query(counted).to_pylist() == embedded.query(counted).to_pylist()
        assert cluster.charts == embedded.charts
        pages = (str(cluster.report()), str(embedded.report()))
        assert len(pages[0]) == pytest.approx(len(pages[1]), rel=0.01)
    scores = [segdb.score("shop", "people", database=place) for place in (path, shop)]
    assert equal(*(asdict(each) for each in scores))
    segdb.score("shop", "people", database=shop, into=tmp_path / "s.parquet")
    segdb.score("shop", "people", database=shop, into="scored")
    with duckdb.connect() as connection, session(shop) as opened:
        file = f"FROM '{tmp_path / 's.parquet'}'"
        assert connection.sql(f"SELECT count(*) {file}").fetchall() == [(180,)]
        assert opened.sql("SELECT count(*) FROM segdb.scored").collect()[0][0] == 180
    names = [segdb.compare(database=place)["stability"] for place in (path, shop)]
    assert names[0] == pytest.approx(names[1])


@pytest.mark.engines
def test_online_retail(loaded: Loaded, shared_data: Path) -> None:
    rows = (
        f"SELECT * FROM '{shared_data / 'online_retail.parquet'}' WHERE CustomerID % 20 = 0 "
        "OR (CustomerID IS NULL AND InvoiceNo LIKE '%77')"
    )
    settings = {
        "columns": {
            "customer_id": "CustomerID", "order_id": "InvoiceNo", "ordered_at": "InvoiceDate",
            "quantity": "Quantity", "unit_price": "UnitPrice",
        },
        "clean": {"amount_of": "row"},
        "cluster": {"k": 4, "n_init": 1},
    }  # fmt: skip
    with duckdb.connect() as connection:
        table: pa.Table = connection.sql(rows).to_arrow_table()
        url = loaded({"lines": table})
        connection.execute(f"CREATE TABLE lines AS {rows}").fetchall()
        with (
            segdb.run("lines", database=connection, settings=settings) as embedded,
            segdb.run("lines", database=url, settings=settings) as cluster,
        ):
            assert differences(embedded, cluster) == []


def test_texts_and_files(url: str, tmp_path: Path) -> None:
    """Numbers and dates as text, in files that the executors read, are read as DuckDB reads them."""
    rows = (
        "SELECT client, basket, strftime(bought_at, '%d/%m/%Y %H:%M') AS bought_at, department, "
        "'$' || replace(printf('%.2f', total), '.', ',') AS total FROM shop"
    )
    with shops.opened() as connection:
        given = shops.settings("orders")
        place = tmp_path / "orders.csv"
        connection.execute(f"COPY ({rows}) TO '{place}' (HEADER)").fetchall()
        with (
            segdb.run(place, database=connection, settings=given) as embedded,
            segdb.run(str(place), database=url, settings=given) as cluster,
        ):
            assert embedded.facts["rows_rejected"] == cluster.facts["rows_rejected"]
            assert equal(embedded.segments, cluster.segments)

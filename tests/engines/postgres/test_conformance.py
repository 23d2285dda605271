"""The same jobs on PostgreSQL and on DuckDB: every published table is the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import segdb
from tests.engines.postgres.conftest import Loaded
from tests.engines.tables import differences, equal
from tests.steps import shops

AS_OF = "2026-01-01T00:00:00"
# Beside what the shop is run with by default: all of these at once, and in `make test-slow` each.
AT_ONCE: dict[str, dict[str, Any]] = {
    "outliers": {"method": "mad"},
    "features": {
        **shops.ALL_FEATURES,
        "components": 2,
        "sql": {"variety": "count(DISTINCT department)"},
    },
    "clean": {"reject": {"small": "total < 0.5"}},
    "rfm": {"ties": "rank", "bins": 4},
}
SETTINGS: dict[str, dict[str, Any]] = {
    "median absolute deviation": {"outliers": {"method": "mad"}},
    "components": {"features": {"components": 2}},
    "user's own SQL": {
        "features": {"sql": {"variety": "count(DISTINCT department)"}},
        "clean": {"reject": {"small": "total < 0.5"}},
    },
    "ranks": {"rfm": {"ties": "rank", "bins": 4}},
    "quartiles": {"outliers": {"method": "iqr"}},
    "z-scores": {"outliers": {"method": "zscore"}},
    "no caps": {"outliers": {"method": "none"}},
    "outliers rejected": {"outliers": {"action": "reject"}},
    "filled after capping": {"outliers": {"fill": "after"}},
    "robust scale": {"scale": {"method": "robust"}},
    "scale from 0 to 1": {"scale": {"method": "minmax"}},
    "transforms": {"features": {"transform": {"*": "none", "monetary": "yeo-johnson"}}},
    "rules": {"rfm": {"segments": {"A": "monetary > 1000", "B": "r_score = 5"}}},
    "missing rejected": {"clean": {"missing": "reject"}},
    "duplicates kept": {"clean": {"duplicates": "keep"}},
    "returns rejected": {"clean": {"returns": "reject"}},
    "k chosen": {"cluster": {"k": "auto", "k_max": 5}},
}


def alike(url: str, source: str, settings: dict[str, Any]) -> None:
    with (
        shops.opened() as connection,
        segdb.run(**shops.sources(source), database=connection, settings=settings) as embedded,
        segdb.run(**shops.sources(source), database=url, settings=settings) as server,
    ):
        assert differences(embedded, server) == []


@pytest.mark.parametrize(
    # Both are what the chain of jobs begins with.
    "source",
    ["orders", "customers", pytest.param("both", marks=pytest.mark.slow)],
)
def test_every_source(shop: str, source: str) -> None:
    alike(shop, source, shops.settings(source, as_of=AS_OF, features=shops.ALL_FEATURES))


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTINGS)
def test_settings(shop: str, name: str) -> None:
    sections = SETTINGS[name]
    features = {**shops.ALL_FEATURES, **sections.get("features", {})}
    alike(shop, "both", shops.settings("both", **{**sections, "features": features}))


def test_settings_at_once(shop: str) -> None:
    alike(shop, "both", shops.settings("both", **AT_ONCE))


def test_a_chain_of_jobs(shop: str, tmp_path: Path) -> None:
    """Run, refresh on more orders, run with another k, roll back, and score."""
    more = (
        "INSERT INTO shop SELECT client, basket + 10000, bought_at, total, department "
        "FROM shop WHERE basket % 7 = 0 AND total > 50"
    )
    path = tmp_path / "embedded.duckdb"
    shops.opened(path=path).close()
    given = shops.settings("both")
    other = shops.settings("both", cluster={"k": 5, "n_init": 1})

    def jobs(database: str | Path, insert: Callable[[str], object]) -> segdb.Result:
        segdb.run("shop", "people", database=database, settings=given).close()
        insert(more)
        segdb.refresh(database=database).close()
        segdb.run("shop", "people", database=database, settings=other).close()
        assert segdb.rollback(1, database=database)["republishes"] == 1
        return segdb.open(database)

    def of_duckdb(sql: str) -> None:
        with duckdb.connect(str(path)) as connection:
            connection.execute(sql).fetchall()

    def of_postgres(sql: str) -> None:
        import psycopg

        with psycopg.connect(shop, autocommit=True) as connection:
            connection.execute(sql)

    with jobs(path, of_duckdb) as embedded, jobs(shop, of_postgres) as server:
        assert differences(embedded, server) == []
        assert server.query("runs").num_rows == 4
        assert server.query("segment_value").equals(embedded.query("segment_value"))
        counted = "SELECT count(*) AS n FROM segments"
        assert server.query(counted).to_pylist() == embedded.query(counted).to_pylist()
        assert server.charts == embedded.charts
        pages = (str(server.report()), str(embedded.report()))
        assert len(pages[0]) == pytest.approx(len(pages[1]), rel=0.01)
    scores, file = [], tmp_path / "s.parquet"
    for place in (path, shop):
        scored = segdb.score("shop", "people", database=place, into=file, force=True)
        scores.append(asdict(scored))
        with duckdb.connect() as connection:
            assert connection.sql(f"SELECT count(*) FROM '{file}'").fetchall() == [(180,)]
    assert equal(*scores)


@pytest.mark.slow
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
            segdb.run("lines", database=url, settings=settings) as server,
        ):
            assert differences(embedded, server) == []


def test_a_frame_is_uploaded(url: str, published_shop: str) -> None:
    with shops.opened() as connection:
        frame = connection.sql("FROM shop").to_arrow_table()
    with (
        segdb.open(published_shop) as of_table,
        segdb.run(frame, database=url, settings=shops.settings("orders")) as of_frame,
    ):
        assert equal(of_table.segments, of_frame.segments)


def test_numbers_in_text_are_asked_to_be_cast(shop: str) -> None:
    given = shops.settings("orders")
    text = "SELECT client, basket, bought_at, total::text AS total, department FROM shop"
    with pytest.raises(segdb.SourceError, match=r"as text.*Give a SELECT that casts it"):
        segdb.run(text, database=shop, settings=given)


def test_orders_that_grow_are_refreshed_by_their_watermark(shop: str) -> None:
    import psycopg

    given = {**shops.settings("orders"), "source": {"watermark": "ordered_at"}}
    more = (
        "INSERT INTO shop SELECT client, basket + 9000, '2024-07-02', total, department FROM shop"
    )
    with psycopg.connect(shop, autocommit=True) as connection:
        segdb.run("shop", database=connection, settings=given)
        connection.execute(f"{more} WHERE basket < 20")
        refreshed = segdb.refresh(database=connection)
        whole = segdb.run("shop", database=connection, settings=given)
        features = [result.table("customer_features").num_rows for result in (refreshed, whole)]
        assert features == [180, 180]
        assert refreshed.notes == []
        assert refreshed.facts["rows_read"] == whole.facts["rows_read"]


@pytest.mark.parametrize(
    "change",
    [
        (
            "bought_at::timestamptz AS bought_at, client, total::numeric AS total, "
            "json_build_object('a', 1) AS more"
        ),
        "bought_at, md5(client)::uuid AS client, total::float8 AS total, ARRAY[1, 2] AS more",
    ],
)
def test_types_of_the_server(published_shop: str, shop: str, change: str) -> None:
    select = f"SELECT basket, department, {change} FROM shop"
    with (
        segdb.open(published_shop) as plain,
        segdb.run(select, database=shop, settings=shops.settings("orders")) as typed,
    ):
        figures = ("customers", "revenue", "cohesion")
        sides = [[{f: row[f] for f in figures} for row in each.segments] for each in (plain, typed)]
        assert equal(*(sorted(side, key=str) for side in sides))


def test_a_moment_beyond_all_calendars_is_said(shop: str) -> None:
    select = (
        "SELECT client, basket, total, department, CASE WHEN basket = 7 THEN 'infinity'::timestamp "
        "ELSE bought_at END AS bought_at FROM shop"
    )
    with pytest.raises(segdb.UserError, match=r"cannot be read: timestamp too large"):
        segdb.run(select, database=shop, settings=shops.settings("orders"))

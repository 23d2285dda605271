"""What every engine is asked, and each published table compared with DuckDB's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import segdb
from tests.engines.tables import differences, equal
from tests.steps import shops
from tests.steps.value.test_customers import SETTINGS as VALUE_SETTINGS
from tests.steps.value.test_customers import planted

# Puts tables into an engine, and returns its URL.
Loaded = Callable[[dict[str, pa.Table]], str]
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


def chain_of_jobs(shop: str, execute: Callable[[str], object], tmp_path: Path) -> None:
    """Run, refresh on more orders, run with another k, roll back, score and compare.

    Args:
        shop: the URL of the engine.
        execute: runs a statement on it, as its owner would.
        tmp_path: an empty folder.
    """
    more = (
        "INSERT INTO shop SELECT client, basket + 10000 AS basket, bought_at, total, department "
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

    with jobs(path, of_duckdb) as embedded, jobs(shop, execute) as server:
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
    compared = [segdb.compare(database=place).rows for place in (path, shop)]
    assert equal(*([{"name": r["algorithm"], "n": r["rows"]} for r in rows] for rows in compared))


def online_retail(loaded: Loaded, shared_data: Path) -> None:
    """Run a twentieth of Online Retail."""
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


def customer_value(loaded: Loaded) -> None:
    """A planted shop with enough history: value and backtest are DuckDB's."""
    orders = pa.Table.from_pandas(planted(700), preserve_index=False)
    orders = orders.set_column(1, "moment", orders["moment"].cast(pa.timestamp("us")))
    settings = {**VALUE_SETTINGS, "backtest": {"every_run": True}}
    url = loaded({"planted": orders})
    with duckdb.connect() as connection:
        connection.register("given", orders)
        connection.execute("CREATE TABLE planted AS FROM given").fetchall()
        with (
            segdb.run("planted", database=connection, settings=settings) as embedded,
            segdb.run("planted", database=url, settings=settings) as server,
        ):
            # The optimiser ends where the sums' last digits let it.
            for table, key in (
                ("customer_value", ("customer_id",)),
                ("customer_value_live", ("customer_id",)),
                ("segment_outcomes", ("cut", "segment_id")),
                ("backtest_rankings", ("cut", "ranking")),
                ("value_model", ("parameter",)),
            ):
                one, other = (
                    sorted(r.table(table).to_pylist(), key=lambda row: [str(row[k]) for k in key])
                    for r in (embedded, server)
                )
                assert len(one) == len(other) > 0, table
                for ours, theirs in zip(one, other, strict=True):
                    for name, value in ours.items():
                        if isinstance(value, float):
                            assert theirs[name] == pytest.approx(value, rel=1e-4, abs=1e-7), name
                        elif name != "note":
                            assert theirs[name] == value, (table, name)

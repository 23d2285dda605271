"""The same jobs on a Spark cluster and on DuckDB: every published table is the same.

A run takes a cluster longer than DuckDB, so each settles several questions; one setting at a time
is tried by `make engines`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import segdb
from tests.engines.conformance import (
    AS_OF,
    AT_ONCE,
    SETTINGS,
    Loaded,
    alike,
    chain_of_jobs,
    customer_value,
    online_retail,
)
from tests.engines.spark.conftest import session
from tests.engines.tables import equal
from tests.steps import shops

pytestmark = pytest.mark.slow


@pytest.mark.engines
@pytest.mark.parametrize("source", ["customers", "orders"])
def test_every_source(shop: str, source: str) -> None:
    alike(shop, source, shops.settings(source, as_of=AS_OF, features=shops.ALL_FEATURES))


@pytest.mark.engines
def test_customer_value(loaded: Loaded) -> None:
    customer_value(loaded)


def test_settings_at_once(shop: str) -> None:
    alike(shop, "both", shops.settings("both", **AT_ONCE))


@pytest.mark.engines
@pytest.mark.parametrize("name", SETTINGS)
def test_settings(shop: str, name: str) -> None:
    alike(shop, "both", shops.settings("both", **SETTINGS[name]))


def test_a_chain_of_jobs(shop: str, tmp_path: Path) -> None:
    with session(shop) as opened:
        chain_of_jobs(shop, opened.sql, tmp_path)


@pytest.mark.engines
def test_online_retail(loaded: Loaded, shared_data: Path) -> None:
    online_retail(loaded, shared_data)


def test_texts_and_files(url: str, tmp_path: Path) -> None:
    """Numbers and dates as text, in files that the executors read, are read as in DuckDB."""
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

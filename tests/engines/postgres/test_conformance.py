"""The same jobs on PostgreSQL and on DuckDB: every published table is the same."""

from __future__ import annotations

from pathlib import Path

import psycopg
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
from tests.engines.tables import equal
from tests.steps import shops


@pytest.mark.parametrize(
    # Both are what the chain of jobs begins with.
    "source",
    ["orders", "customers", pytest.param("both", marks=pytest.mark.slow)],
)
def test_every_source(shop: str, source: str) -> None:
    alike(shop, source, shops.settings(source, as_of=AS_OF, features=shops.ALL_FEATURES))


def test_customer_value(loaded: Loaded) -> None:
    customer_value(loaded)


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTINGS)
def test_settings(shop: str, name: str) -> None:
    sections = SETTINGS[name]
    features = {**shops.ALL_FEATURES, **sections.get("features", {})}
    alike(shop, "both", shops.settings("both", **{**sections, "features": features}))


def test_settings_at_once(shop: str) -> None:
    alike(shop, "both", shops.settings("both", **AT_ONCE))


def test_a_chain_of_jobs(shop: str, tmp_path: Path) -> None:
    with psycopg.connect(shop, autocommit=True) as connection:
        chain_of_jobs(shop, connection.execute, tmp_path)


@pytest.mark.slow
def test_online_retail(loaded: Loaded, shared_data: Path) -> None:
    online_retail(loaded, shared_data)


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

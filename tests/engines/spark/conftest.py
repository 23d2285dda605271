"""A Spark cluster whose catalog is empty at the start of each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pytest

import segdb
from tests.engines.conformance import Loaded
from tests.spark_cluster import Cluster, spark
from tests.steps import shops

__all__ = ["spark"]


@contextmanager
def session(url: str) -> Iterator[Any]:
    """A session as segdb opens it."""
    from segdb.engines.spark.connect import connect

    opened = connect(url)
    try:
        yield opened
    finally:
        opened.stop()


def emptied(opened: Any) -> None:
    for row in opened.sql("SHOW SCHEMAS").collect():
        if row[0] != "default":
            opened.sql(f"DROP SCHEMA {row[0]} CASCADE")
    for row in opened.sql("SHOW TABLES IN default").collect():
        opened.sql(f"DROP TABLE IF EXISTS default.{row.tableName}")


@pytest.fixture
def url(spark: Cluster) -> str:
    """The URL of a cluster without tables."""
    with session(spark.url) as opened:
        emptied(opened)
    return spark.url


@pytest.fixture
def loaded(url: str) -> Loaded:
    """Put tables into the catalog, and return the cluster's URL."""

    def load(tables: dict[str, pa.Table]) -> str:
        from segdb.engines.spark.types import uploaded

        with session(url) as opened:
            for name, table in tables.items():
                uploaded(opened, table).write.saveAsTable(name)
        return url

    return load


@pytest.fixture
def shop(loaded: Loaded) -> str:
    """The URL of a cluster with the shop and its people."""
    with shops.opened() as connection:
        names = ("shop", "people")
        return loaded({n: connection.sql(f"FROM {n}").to_arrow_table() for n in names})


@pytest.fixture(scope="module")
def published_shop(spark: Cluster) -> str:
    """The URL of a cluster with a run of the shop's orders; for tests that change nothing."""
    with session(spark.url) as opened, shops.opened() as connection:
        emptied(opened)
        table = connection.sql("FROM shop").to_arrow_table()
        opened.createDataFrame(table).write.saveAsTable("shop")
    segdb.run("shop", database=spark.url, settings=shops.settings("orders")).close()
    return spark.url

"""Shops to draw charts of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from segdb.charts.labels import Look
from segdb.engines.duckdb.database import DuckDB
from segdb.report.facts import look
from segdb.report.published import Published
from tests.report.shop import Shop, make

HOSTILE = Shop(segments=10, features=15, hostile=True, runs=2)


@pytest.fixture(scope="session")
def hostile_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDB]:
    store = make(tmp_path_factory.mktemp("charts") / "hostile.duckdb", HOSTILE)
    yield store
    store.close()


@pytest.fixture(scope="session")
def hostile(hostile_store: DuckDB) -> Published:
    return Published(hostile_store.fetch, "segdb")


@pytest.fixture(scope="session")
def hostile_look(hostile: Published) -> Look:
    return look(hostile, "£")


@pytest.fixture(scope="session")
def in_two_schemas(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Published, Published]]:
    folder = tmp_path_factory.mktemp("schemas")
    schemas = ("segdb", 'my "other" schema')
    shops = [Shop(runs=2, customers=300, schema=schema) for schema in schemas]
    stores = [make(folder / f"{i}.duckdb", shop) for i, shop in enumerate(shops)]
    one, other = (
        Published(store.fetch, schema) for store, schema in zip(stores, schemas, strict=True)
    )
    yield one, other
    for store in stores:
        store.close()

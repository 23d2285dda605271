"""A PostgreSQL server, and a database of its own for each test, copied from a template."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pyarrow as pa
import pytest

import segdb
from tests.engines.conformance import Loaded
from tests.exports.engines import load_postgres
from tests.postgres_server import postgres
from tests.steps import shops

__all__ = ["postgres"]

_NUMBERS = count(1)


def _url(postgres: Any, name: str) -> str:
    return f"postgresql:///{name}?host={postgres.info.host}&user=segdb"


def _load(url: str, tables: dict[str, pa.Table]) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for name, table in tables.items():
            load_postgres(connection, name, table)


@contextmanager
def _database(postgres: Any, template: str) -> Iterator[str]:
    """Copy a database, and drop the copy at the end."""
    name = f"segdb_{next(_NUMBERS)}"
    postgres.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _url(postgres, name)
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def url(postgres: Any) -> Iterator[str]:
    """The URL of an empty database."""
    with _database(postgres, "template1") as url:
        yield url


@pytest.fixture
def loaded(url: str) -> Loaded:
    """Put tables into the database, and return its URL."""

    def load(tables: dict[str, pa.Table]) -> str:
        _load(url, tables)
        return url

    return load


@pytest.fixture(scope="session")
def _shop_template(postgres: Any) -> str:
    """The name of a database with the shop and its people."""
    postgres.execute("CREATE DATABASE shop")
    with shops.opened() as connection:
        names = ("shop", "people")
        tables = {name: connection.sql(f"FROM {name}").to_arrow_table() for name in names}
    _load(_url(postgres, "shop"), tables)
    return "shop"


@pytest.fixture(scope="session")
def _published_template(postgres: Any, _shop_template: str) -> str:
    """The name of a database that a run of the shop's orders has been published to."""
    postgres.execute(f"CREATE DATABASE published TEMPLATE {_shop_template}")
    settings = shops.settings("orders")
    segdb.run("shop", database=_url(postgres, "published"), settings=settings).close()
    return "published"


@pytest.fixture
def shop(postgres: Any, _shop_template: str) -> Iterator[str]:
    """The URL of a database with the shop and its people."""
    with _database(postgres, _shop_template) as url:
        yield url


@pytest.fixture
def published_shop(postgres: Any, _published_template: str) -> Iterator[str]:
    """The URL of a database that a run of the shop's orders has been published to."""
    with _database(postgres, _published_template) as url:
        yield url

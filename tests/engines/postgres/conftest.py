"""A PostgreSQL server, and a database of its own for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pyarrow as pa
import pytest

from tests.exports.engines import load_postgres
from tests.postgres_server import postgres
from tests.steps import shops

__all__ = ["postgres"]

_NUMBERS = count(1)
Loaded = Callable[[dict[str, pa.Table]], str]


@pytest.fixture
def url(postgres: Any) -> Iterator[str]:
    """The URL of an empty database, which is dropped at the end."""
    name = f"segdb_{next(_NUMBERS)}"
    postgres.execute(f"CREATE DATABASE {name}")
    yield f"postgresql:///{name}?host={postgres.info.host}&user=segdb"
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def loaded(url: str) -> Loaded:
    """Put tables into the database, and return its URL."""
    import psycopg

    def load(tables: dict[str, pa.Table]) -> str:
        with psycopg.connect(url, autocommit=True) as connection:
            for name, table in tables.items():
                load_postgres(connection, name, table)
        return url

    return load


@pytest.fixture
def shop(loaded: Loaded) -> str:
    """The URL of a database with the shop and its people."""
    with shops.opened() as connection:
        names = ("shop", "people")
        return loaded({n: connection.sql(f"FROM {n}").to_arrow_table() for n in names})

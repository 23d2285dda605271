"""What the database refuses of the user's SQL is said by the section and in a few words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from segdb.config.settings import parse
from segdb.engines.duckdb.database import DuckDB
from segdb.errors import EngineError, SettingsError
from segdb.steps.ingest.user_sql import UserExpressions, user_sql_errors


@pytest.fixture
def store() -> Iterator[DuckDB]:
    opened = DuckDB.memory()
    yield opened
    opened.close()


def refused(store: DuckDB, sql: str, **sections: object) -> str:
    expressions = UserExpressions.of(parse(sections))
    with pytest.raises(SettingsError) as caught, user_sql_errors(store, expressions):
        store.execute(sql)
    return str(caught.value)


@pytest.mark.parametrize("kind", ["TIMESTAMP", "DATE"])
def test_a_feature_that_is_no_number(store: DuckDB, kind: str) -> None:
    aggregate = f"max(CAST('2024-01-01' AS {kind}))"
    features = {"sql": {"last": aggregate}}
    said = refused(store, f"SELECT CAST({aggregate} AS DOUBLE)", features=features)
    assert f"[features.sql] last: a feature is a number, and not a {kind}." in said


def test_a_long_statement_is_not_quoted_whole(store: DuckDB) -> None:
    long = " + ".join(["nosuch"] * 500)
    said = refused(store, f"SELECT CAST('{long}' AS BIGINT)", clean={"reject": {"odd": "x > 1"}})
    assert len(said) < 400
    assert said.endswith("It stands in SQL of your own, in [clean.reject].")


def test_without_sql_of_the_users_it_is_the_engines_error(store: DuckDB) -> None:
    with pytest.raises(EngineError), user_sql_errors(store, UserExpressions.of(parse({}))):
        store.execute("SELECT CAST('x' AS BIGINT)")

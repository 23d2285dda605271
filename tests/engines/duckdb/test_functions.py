"""Functions: which SQL gives another value each time it is asked, by the engine's own word."""

from __future__ import annotations

import pytest

from segdb.engines.duckdb.database import DuckDB


@pytest.fixture
def engine() -> DuckDB:
    store = DuckDB.memory()
    store.execute("CREATE MACRO noise(a) AS a + random()")
    store.execute("CREATE MACRO more(a) AS noise(a)")
    store.execute("CREATE MACRO plain(a) AS a + 1")
    store.execute("CREATE SEQUENCE numbers")
    return store


@pytest.mark.parametrize(
    "sql",
    [
        "uuidv7() > a",
        "nextval('numbers') > 1",
        "setseed(0.5) IS NULL",
        "txid_current() > 3",
        "now() > t",
        "CURRENT_DATE > t",
        "localtimestamp > t",
        "current_user = a",
        "age(t) > INTERVAL 1 DAY",
        "ago(INTERVAL 1 DAY) < t",
        "system.main.random() > a",
        "getvariable('x') = a",
        "noise(a) > 1",
        "more(a) > 1",
    ],
)
def test_what_gives_another_value_each_time_is_known(engine: DuckDB, sql: str) -> None:
    assert engine.unstable(sql, ("a", "t")) is not None


@pytest.mark.parametrize(
    "sql",
    [
        "t < DATE '2020-01-01'",
        "t::DATE < '2020-01-01'",
        "date_trunc('month', t) < TIMESTAMP '2020-01-01 00:00:00'",
        "year(t) = 2020 AND extract(month FROM t) = 2",
        "age(t, TIMESTAMP '2020-01-01') > INTERVAL 1 DAY",
        "a BETWEEN 1 AND 3 OR a IN (5, 7) OR a = ANY([8, 9])",
        "list_contains(list_transform([1, 2], lambda y: y + 1), a)",
        "plain(a) > 1",
        "sum(a) FILTER (WHERE a > 3) / count(DISTINCT t)",
    ],
)
def test_what_is_of_the_row_alone_is_let_through(engine: DuckDB, sql: str) -> None:
    assert engine.unstable(sql, ("a", "t")) is None

"""A run without a customer of the run before says so: another shop, or other ids."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.steps.lifecycle.common_customers import warn_without_common_customers
from segdb.steps.progress import Notes

CUSTOMERS = 40


@pytest.fixture
def store() -> Iterator[DuckDB]:
    """A database in which run 1 has published customers 1 to 40."""
    opened = DuckDB.memory()
    opened.execute(
        "CREATE SCHEMA segdb; CREATE TABLE segdb.runs AS SELECT 1::BIGINT AS run_id; "
        "CREATE TABLE segdb.segments AS SELECT 1::BIGINT AS run_id, 'a' AS customer_id; "
        "CREATE TABLE segdb.customer_features AS "
        f"SELECT i AS customer_id FROM range(1, {CUSTOMERS + 1}) t(i)"
    )
    yield opened
    opened.close()


def said(store: DuckDB, customers: str) -> list[str]:
    listener = Notes()
    assigned = store.table("assigned", customers)
    warn_without_common_customers(store, "segdb", assigned, listener)
    return [f"{warning.code}: {warning.message}" for warning in listener.warnings]


@pytest.mark.parametrize(
    "customers",
    [
        "SELECT i + 100 AS customer_id FROM range(40) t(i)",
        "SELECT 'C' || i AS customer_id FROM range(40) t(i)",
    ],
)
def test_none_in_common(store: DuckDB, customers: str) -> None:
    (words,) = said(store, customers)
    assert words.startswith("no_common_customers: No customer of run 1 (such as '1') is in this")


@pytest.mark.parametrize(
    "customers",
    [
        "SELECT i + 39 AS customer_id FROM range(40) t(i)",
        "SELECT (i + 39)::VARCHAR AS customer_id FROM range(40) t(i)",
    ],
)
def test_one_in_common_is_enough(store: DuckDB, customers: str) -> None:
    assert said(store, customers) == []


def test_of_a_handful_nothing_is_said(store: DuckDB) -> None:
    store.execute("DELETE FROM segdb.customer_features WHERE customer_id > 20")
    assert said(store, "SELECT i + 100 AS customer_id FROM range(40) t(i)") == []


def test_a_table_that_something_else_has_changed_is_left_alone(store: DuckDB) -> None:
    store.execute("ALTER TABLE segdb.customer_features RENAME customer_id TO other")
    assert said(store, "SELECT 1 AS customer_id") == []


def test_the_first_run_has_none_before_it() -> None:
    store = DuckDB.memory()
    assert said(store, "SELECT 1 AS customer_id") == []
    store.close()

"""What SQL of the user's own calls, in the words of a server."""

from __future__ import annotations

import pytest

from segdb.engines.user_functions import beyond_the_row, called_functions


@pytest.mark.parametrize(
    ("sql", "dialect", "called"),
    [
        ("random() < 0.5", "postgres", ["random"]),
        ("random() < 0.5", "databricks", ["rand"]),
        ("lower(name) = 'now()'", "postgres", ["lower"]),
        ("amount (1)", "postgres", []),
        ("version() > name", "databricks", ["current_version"]),
    ],
)
def test_functions_are_named_as_the_server_does(sql: str, dialect: str, called: list[str]) -> None:
    assert called_functions(sql, ["amount", "name"], dialect) == called


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("current_date > day", "the time it is"),
        ("amount > (SELECT max(x) FROM t)", "a subquery"),
        ("version() > name", "version()"),
        ("lower(name) = 'a'", None),
    ],
)
def test_what_is_no_value_of_the_row(sql: str, what: str | None) -> None:
    called = called_functions(sql, [], "duckdb")
    assert beyond_the_row(sql, called, ["version"]) == what

"""User functions: what SQL of the user's own calls, for a server to say which of it is random."""

from __future__ import annotations

import re
from collections.abc import Collection

import sqlglot
from sqlglot import exp

_CLOCKS = (
    exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.CurrentUser, exp.CurrentDatetime,
)  # fmt: skip
_TEXT = re.compile(r"'(?:[^']|'')*'")
_CALLED = re.compile(r"([A-Za-z_]\w*)\s*\(")


def called_functions(sql: str, columns: Collection[str], dialect: str) -> list[str]:
    """Return the functions that an expression calls, by the names that the server has for them.

    Args:
        sql: one expression, as DuckDB writes it.
        columns: the names in it that are columns of the source.
        dialect: of the server, as sqlglot calls it.
    """
    # As the server reads it: the parser has names of its own for some, such as RAND for random.
    written = sqlglot.parse_one(f"SELECT {sql}", read="duckdb").sql(dialect=dialect)
    names = {name.lower() for name in _CALLED.findall(_TEXT.sub("", written))}
    return sorted(names - {column.lower() for column in columns})


def beyond_the_row(sql: str, called: Collection[str], session: Collection[str]) -> str | None:
    """Return what in an expression reads the clock, the session or other rows; None for nothing.

    Args:
        sql: one expression, as DuckDB writes it.
        called: the functions in it.
        session: those that say something of the session or the clock.
    """
    tree = sqlglot.parse_one(f"SELECT {sql}", read="duckdb")
    if any(tree.find_all(*_CLOCKS)):
        return "the time it is"
    if any(tree.find_all(exp.Subquery)):
        return "a subquery"
    of_session = sorted(set(called) & set(session))
    return f"{of_session[0]}()" if of_session else None

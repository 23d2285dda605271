"""Prepared lists: a SELECT over lists of numbers, planned once for a connection.

To plan the way from features to a segment takes ten times as long as to go it. A plan is used again
where the parameters have the types that it was made for, so each list is written with its type.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from segdb.sql_text import quoted


class PreparedLists:
    """A prepared SELECT.

    Args:
        connection: on which it is prepared.
        name: of the statement.
        sql: the SELECT, its parameters written ``$name``.
        types: of the values in the list of each parameter.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        name: str,
        sql: str,
        types: Mapping[str, str],
    ) -> None:
        self._connection, self._name, self._types = connection, quoted(name), dict(types)
        connection.execute(f"PREPARE {self._name} AS {sql}").fetchall()

    def __call__(self, lists: Mapping[str, Sequence[float | None]]) -> list[dict[str, Any]]:
        """Run it on a list of numbers for each parameter, and return its rows."""
        given = ", ".join(
            f"{name} := {_list(lists[name])}::{kind}[]" for name, kind in self._types.items()
        )
        answer = self._connection.execute(f"EXECUTE {self._name}({given})")
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _list(values: Sequence[float | None]) -> str:
    return f"[{', '.join(map(_number, values))}]"


def _number(value: float | None) -> str:
    """Return a number as SQL has it; a text, or what is not finite, has no place in it."""
    if value is None:
        return "NULL"
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"not a number: {value!r}")
    return repr(value)

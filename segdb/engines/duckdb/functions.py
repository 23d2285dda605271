"""Functions: which of those in SQL of the user's own depend on more than the row.

The engine itself is asked: it parses the text, says of each function how stable it is, and gives
the definition of a macro, which is asked in turn.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import duckdb

from segdb.sql_text import quoted

# The engine calls age(x) stable, which counts from today's midnight.
_READS_CLOCK = {("age", 1)}


@dataclass(frozen=True)
class _Function:
    """One form of a function: its parameters, and how stable the engine says that it is."""

    parameters: tuple[str, ...]
    any_number: bool
    stability: str | None
    definition: str | None


def unstable(
    connection: duckdb.DuckDBPyConnection, sql: str, columns: Collection[str]
) -> str | None:
    """Return what in an expression gives another value each time, or reads more than the row.

    Args:
        connection: to the engine.
        sql: one expression.
        columns: the names in it that are columns of the source.

    Returns:
        The name of a function, clock, or session value; None where there is none.
    """
    return _Asked(connection).unstable(sql, {column.lower() for column in columns})


class _Asked:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.known: dict[str, list[_Function]] = {}

    def unstable(self, sql: str, names: Collection[str], above: tuple[str, ...] = ()) -> str | None:
        for node in _nodes(self._tree(sql)):
            kind = node.get("class")
            # In the expression itself only ANY(list) is one by now; a macro could read any file.
            if kind == "SUBQUERY" and above:
                return "a subquery"
            if "function_name" in node:
                if unstable_name := self._function(node, above):
                    return unstable_name
            elif kind == "COLUMN_REF":
                name = str(node["column_names"][0])
                if name.lower() not in names and self._is_keyword(name):
                    return name
        return None

    def _tree(self, sql: str) -> Any:
        rows = self.connection.execute("SELECT json_serialize_sql(?)", [f"SELECT {sql}"]).fetchall()
        return json.loads(rows[0][0])

    def _function(self, node: dict[str, Any], above: tuple[str, ...]) -> str | None:
        name = str(node["function_name"]).lower()
        # DuckDB 2.0 has "arguments", 1.5 "children".
        count = len(node.get("arguments", node.get("children", ())))
        forms = self._forms(name)
        fitting = [f for f in forms if f.any_number or len(f.parameters) == count] or forms
        stable = [form.stability for form in fitting if form.stability is not None]
        clocks = bool(stable) and "CONSISTENT" not in stable
        if clocks or "VOLATILE" in stable or (name, count) in _READS_CLOCK:
            return f"{name}()"
        for form in fitting:
            if form.definition is not None and name not in above:
                inner = {parameter.lower() for parameter in form.parameters}
                if unstable_name := self.unstable(form.definition, inner, (*above, name)):
                    return f"{name}(), which is {unstable_name}"
        return None

    def _forms(self, name: str) -> list[_Function]:
        if name not in self.known:
            rows = self.connection.execute(
                "SELECT parameters, varargs, stability, macro_definition "
                "FROM system.main.duckdb_functions() WHERE function_name = ? "
                "AND function_type IN ('scalar', 'aggregate', 'macro')",
                [name],
            ).fetchall()
            self.known[name] = [
                _Function(tuple(parameters or ()), varargs is not None, stability, definition)
                for parameters, varargs, stability, definition in rows
            ]
        return self.known[name]

    def _is_keyword(self, name: str) -> bool:
        """Whether a bare name is a value of the clock or session, such as CURRENT_DATE."""
        with suppress(duckdb.Error):
            self.connection.execute(f"DESCRIBE SELECT {quoted(name)}").fetchall()
            return True
        return False


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a JSON value; the tree may be deeper than Python's stack."""
    waiting = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value

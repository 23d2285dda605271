"""The named queries: ``sql/queries/*.sql``, found by file name, documented by header comment."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from segdb.errors import UserError, nearest, option
from segdb.sql_text import in_schema

_HERE = Path(__file__).parent
# In a wheel the files lie in the package, in a checkout beside it.
FOLDERS = (_HERE / "queries", _HERE.parent / "sql" / "queries")
_PARAMETER = re.compile(
    r"^-- Parameter (?P<name>\w+) = (?P<default>\".*?\"|[^\s:]+)"
    r"(?: from (?P<least>\d+)| like (?P<like>\w+\.\w+)| each of (?P<each>\w+\.\w+))?: .+$",
    re.MULTILINE,
)
_MOST = 2**63 - 1
_SHOWN = 5

Value = str | int | float | None
Select = Callable[[str, Mapping[str, object]], pa.Table]


@dataclass(frozen=True)
class Parameter:
    """A parameter of a named query, as its line of the header comment declares it.

    Attributes:
        default: its value where none is given; None of one that must be given.
        least: the least number that it takes.
        like: ``table.column``, of which its value names a text, or is a LIKE pattern.
        each: ``table.column``, of which its value lists texts, separated by commas.
    """

    default: Value
    least: int = 0
    like: str | None = None
    each: str | None = None

    def value(self, name: str, text: str) -> Value:
        """Return a text as a value of the kind that the default has.

        Raises:
            UserError: a number was wanted, or a greater one.
        """
        if not isinstance(self.default, int | float):
            return text
        whole = isinstance(self.default, int)
        try:
            number = int(text) if whole else float(text)
        except ValueError:
            number = math.nan
        if not self.least <= number < math.inf:
            kind = "whole number" if whole else "number"
            raise UserError(f"{option(name)} takes a {kind} of {self.least} or more, not '{text}'.")
        # A limit beyond what the database counts to leaves nothing out either.
        return min(number, _MOST)

    def check(self, name: str, value: Value, select: Select) -> str:
        """Look up what a value names; return what is to be said of it, or nothing.

        Raises:
            UserError: there is nothing of that name.
        """
        if self.like:
            table, column = self.like.split(".")
            sql = f"SELECT DISTINCT {column} AS known, known ILIKE $value AS meant FROM {table}"  # noqa: S608
            matches = select(sql, {"value": value}).to_pydict()
            if not any(matches["meant"]):
                meant = nearest(str(value), matches["known"])
                raise UserError(f"There is no {column} '{value}'.{meant}")
        if self.each:
            table, column = self.each.split(".")
            return self._check_each(name, value, table, column, select)
        return ""

    def _check_each(self, name: str, value: Value, table: str, column: str, select: Select) -> str:
        known = f"SELECT CAST({column} AS VARCHAR) AS known FROM {table}"  # noqa: S608
        listed = select(
            "WITH listed AS (SELECT DISTINCT trim(unnest(string_split($value, ','))) AS part) "  # noqa: S608
            f"SELECT part, part IN ({known}) AS known FROM listed WHERE part <> '' ORDER BY part",
            {"value": value},
        ).to_pylist()
        lacking = [row["part"] for row in listed if not row["known"]]
        shown = ", ".join(lacking[:_SHOWN])
        if len(lacking) > _SHOWN:
            shown += f" and {len(lacking) - _SHOWN:,} more"
        if len(lacking) == len(listed):
            one = select(f"{known} ORDER BY known LIMIT 1", {})["known"].to_pylist()
            none = f"There is no {column} {shown}" if shown else f"{option(name)} holds no {column}"
            raise UserError(f"{none}; one that exists: {', '.join(one)}.")
        return f"There is no {column} {shown}; left out of {option(name)}." if lacking else ""


@dataclass(frozen=True)
class Query:
    """A named query.

    Attributes:
        name: the file's name.
        question: the first line of its header comment.
        sql: the whole file; a parameter is written ``$name`` in it.
        parameters: what the header comment declares, by name.
    """

    name: str
    question: str
    sql: str
    parameters: Mapping[str, Parameter]

    def values(self, given: Mapping[str, str]) -> dict[str, Value]:
        """Return the value of each parameter: as given, or its default.

        Raises:
            UserError: there is no such parameter, a number was wanted, or one is lacking.
        """
        values = {name: parameter.default for name, parameter in self.parameters.items()}
        for name, text in given.items():
            if name not in values:
                known = nearest(option(name), map(option, values)) or " It has no parameters."
                raise UserError(f"The query {self.name} has no {option(name)}.{known}")
            values[name] = self.parameters[name].value(name, text)
        lacking = [option(name) for name, value in values.items() if value is None]
        if lacking:
            raise UserError(f"The query {self.name} needs {', '.join(lacking)}. {self.question}")
        return values

    def check(self, values: Mapping[str, Value], select: Select) -> list[str]:
        """Look up in the published tables what the values name.

        Args:
            values: of each parameter.
            select: runs one SELECT on the published tables, with values for its parameters.

        Returns:
            What is to be said of names that are not there, where others are.

        Raises:
            UserError: nothing of what a value names is there.
        """
        said = [
            parameter.check(name, values[name], select)
            for name, parameter in self.parameters.items()
        ]
        return [words for words in said if words]

    def on(self, schema: str) -> str:
        """Return its SQL for tables in that schema."""
        return in_schema(self.sql, schema)


def is_sql(question: str) -> bool:
    """Whether it is a SELECT, and not the name of a query: names are one word."""
    return len(question.split()) > 1


def as_text(value: object) -> str:
    """Return a value as the command line has it; a list of values with commas between them."""
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return ",".join(map(str, value))
    return str(value)


def all_queries() -> dict[str, Query]:
    """Return every named query, by name."""
    folder = next(folder for folder in FOLDERS if folder.is_dir())
    matches = {}
    for path in sorted(folder.glob("*.sql")):
        sql = path.read_text("utf-8")
        question = sql.splitlines()[0].removeprefix("--").strip()
        matches[path.stem] = Query(path.stem, question, sql, _declared(sql))
    return matches


def named(name: str) -> Query:
    """Return the query of that name.

    Raises:
        UserError: there is none.
    """
    queries = all_queries()
    if name not in queries:
        raise UserError(f"There is no query '{name}', and it is no SELECT.{nearest(name, queries)}")
    return queries[name]


def _declared(sql: str) -> dict[str, Parameter]:
    return {
        one["name"]: Parameter(
            json.loads(one["default"]), int(one["least"] or 0), one["like"], one["each"]
        )
        for one in _PARAMETER.finditer(sql)
    }

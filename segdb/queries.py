"""The named queries: ``sql/queries/*.sql``, found by file name, documented by header comment."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp

from segdb.errors import UserError, nearest

_HERE = Path(__file__).parent
# In a wheel the files lie in the package, in a checkout beside it.
FOLDERS = (_HERE / "queries", _HERE.parent / "sql" / "queries")
_WRITTEN_FOR = "segdb"
_PARAMETER = re.compile(r"^-- Parameter (\w+) = (.+?): (.+)$", re.MULTILINE)

Value = str | int | float | None


@dataclass(frozen=True)
class Query:
    """A named query.

    Attributes:
        name: the file's name.
        question: the first line of its header comment.
        sql: the whole file; a parameter is written ``$name`` in it.
        defaults: the value of each parameter that is not given, from the header comment; None
            of one that must be given.
    """

    name: str
    question: str
    sql: str
    defaults: Mapping[str, Value]

    def values(self, given: Mapping[str, str]) -> dict[str, Value]:
        """Return the value of each parameter: as given, or its default.

        Raises:
            UserError: there is no such parameter, a number was wanted, or one is lacking.
        """
        values = dict(self.defaults)
        for name, text in given.items():
            if name not in values:
                known = nearest(f"--{name}", [f"--{n}" for n in values]) or " It has no parameters."
                raise UserError(f"The query {self.name} has no --{name}.{known}")
            values[name] = _like(self.defaults[name], name, text)
        lacking = [f"--{name}" for name, value in values.items() if value is None]
        if lacking:
            raise UserError(f"The query {self.name} needs {', '.join(lacking)}. {self.question}")
        return values

    def on(self, schema: str) -> str:
        """Return its SQL for tables in that schema."""
        if schema == _WRITTEN_FOR:
            return self.sql
        tree = sqlglot.parse_one(self.sql, read="duckdb")
        for table in tree.find_all(exp.Table):
            if table.db == _WRITTEN_FOR:
                table.set("db", exp.to_identifier(schema, quoted=True))
        return tree.sql(dialect="duckdb", pretty=True)


def all_queries() -> dict[str, Query]:
    """Return every named query, by name."""
    folder = next(folder for folder in FOLDERS if folder.is_dir())
    found = {}
    for path in sorted(folder.glob("*.sql")):
        sql = path.read_text("utf-8")
        question = sql.splitlines()[0].removeprefix("--").strip()
        defaults = {name: json.loads(value) for name, value, _ in _PARAMETER.findall(sql)}
        found[path.stem] = Query(path.stem, question, sql, defaults)
    return found


def named(name: str) -> Query:
    """Return the query of that name.

    Raises:
        UserError: there is none.
    """
    queries = all_queries()
    if name not in queries:
        raise UserError(f"There is no query '{name}', and it is no SELECT.{nearest(name, queries)}")
    return queries[name]


def _like(default: Value, name: str, text: str) -> Value:
    """Return a text as a value of the kind that the default has."""
    kind = type(default) if isinstance(default, int | float) else str
    try:
        return kind(text)
    except ValueError:
        raise UserError(f"--{name} takes a number, not '{text}'.") from None

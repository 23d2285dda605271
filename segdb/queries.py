"""The named queries: ``sql/queries/*.sql``, found by file name, documented by header comment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp

from segdb.errors import UserError, nearest

_HERE = Path(__file__).parent
# In a wheel the files lie in the package, in a checkout beside it.
FOLDERS = (_HERE / "queries", _HERE.parent / "sql" / "queries")
_WRITTEN_FOR = "segdb"


@dataclass(frozen=True)
class Query:
    """A named query.

    Attributes:
        name: the file's name.
        question: the first line of its header comment.
        sql: the whole file.
    """

    name: str
    question: str
    sql: str

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
        found[path.stem] = Query(path.stem, sql.splitlines()[0].removeprefix("--").strip(), sql)
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

"""Relations: which table or view of the open database a text names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segdb.contract import TABLES
from segdb.engines.publishing.run_archive import archive_schema
from segdb.engines.publishing.scores import MARK
from segdb.sql_text import quoted

if TYPE_CHECKING:
    from segdb.engines.duckdb.database import DuckDB


@dataclass(frozen=True)
class Relation:
    """A table or view.

    Attributes:
        ways: what it may be called, as parts of a name; the shortest first.
        sql: its quoted name.
        temporary: it goes with the connection.
        comment: the database's comment on it.
    """

    ways: tuple[tuple[str, ...], ...]
    sql: str
    temporary: bool
    comment: str = ""

    @property
    def shown(self) -> str:
        """The shortest of its names."""
        return ".".join(self.ways[0])


def find(store: DuckDB, named: str) -> Relation | None:
    """Return the relation of that name: any text is first taken as a plain name.

    Parts of a dotted name may hold dots themselves, and may be in double quotes; upper and lower
    case are alike where no name fits exactly.
    """
    everything = known(store)
    folds: tuple[Callable[[str], str], ...] = (str, str.lower)
    for fold in folds:
        wanted = fold(named)
        for relation in everything:
            if any(len(way) == 1 and wanted in _written(way, fold) for way in relation.ways):
                return relation
        for relation in everything:
            if any(wanted in _written(way, fold) for way in relation.ways):
                return relation
    return None


def known(store: DuckDB) -> list[Relation]:
    """Return every table and view but segdb's own temporary ones, the temporary first."""
    rows = store.connection.execute(
        "SELECT database_name, schema_name, table_name AS name, temporary, coalesce(comment, '') "
        "FROM duckdb_tables() WHERE NOT internal UNION ALL "
        "SELECT database_name, schema_name, view_name, temporary, coalesce(comment, '') "
        "FROM duckdb_views() WHERE NOT internal"
    ).fetchall()
    rows.sort(key=lambda row: (not row[3], row))
    place = store.connection.execute("SELECT current_database(), current_schema()").fetchall()
    here, main = place[0]
    temporaries = {row[2].lower() for row in rows if row[3]}
    relations = []
    for database, schema, name, temporary, comment in rows:
        ways: list[tuple[str, ...]] = [(database, schema, name)]
        if temporary:
            ways = [(name,)]
        elif database == here:
            ways = [(schema, name), *ways]
            ways = [(name,), *ways] if schema == main else ways
        # A temporary table stands before one of main, also where that is named with its schema.
        hidden = schema == "main" and name.lower() in temporaries
        near = database == here and not hidden
        parts = ("temp", name) if temporary else ways[-2] if near else ways[-1]
        if not (temporary and name.startswith("segdb_")):
            sql = ".".join(map(quoted, parts))
            relations.append(Relation(tuple(ways), sql, temporary, comment))
    return relations


def offered(store: DuckDB) -> list[str]:
    """Return the names of what a user may have meant as a source: all but what segdb has made."""
    everything = known(store)
    published = [each for each in everything if _is_published(each)]
    kept = {
        (*place, archive_schema(schema))
        for *place, schema, _ in (each.ways[-1] for each in published)
    }
    return [
        each.shown
        for each in everything
        if each not in published
        and each.ways[-1][:-1] not in kept
        and not each.comment.startswith(MARK)
    ]


def _is_published(relation: Relation) -> bool:
    name = relation.ways[-1][-1]
    return any(t.name == name and relation.comment.startswith(t.comment) for t in TABLES)


def _written(way: tuple[str, ...], fold: Callable[[str], str]) -> tuple[str, str]:
    return fold(".".join(way)), fold(".".join(map(quoted, way)))

"""Integrity: whether a table of the database is still as segdb publishes it.

A user may have dropped, altered or replaced any of them, and the next run has to publish all the
same. A database from a stranger may have a view in the place of a table, which would read files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from segdb.contract import ID, TABLES, Column, Table
from segdb.contract.table import OPENING
from segdb.engines.protocol import Database
from segdb.errors import EngineError, LockedError, SettingsError, SourceError, UserError, command
from segdb.sql_text import quoted

# Types that take each other's values; what older releases wrote may be of another one.
_KINDS = (
    {"INTEGER", "BIGINT", "SMALLINT", "TINYINT", "HUGEINT", "UINTEGER", "UBIGINT"},
    {"DOUBLE", "FLOAT"},
    {"VARCHAR", "JSON"},
    {"TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"},
)


def has(store: Database, schema: str, table: Table, *columns: str) -> bool:
    """Whether there is such a table, no view, with these columns of the contract's types."""
    if store.kinds(schema).get(table.name) != "table":
        return False
    there = store.columns(schema, table.name)
    wanted = {column.name: column for column in table.columns}
    return all(name in there and _fits(wanted[name], there[name]) for name in columns)


def is_whole(store: Database, schema: str, table: Table) -> bool:
    """Whether the table is there with every column of the contract."""
    return has(store, schema, table, *(column.name for column in table.columns))


def refuse_views(store: Database, schema: str) -> None:
    """Refuse a database in which a view stands where segdb publishes a table.

    Raises:
        SourceError: there is one: to read it could be to read any file.
    """
    there = store.kinds(schema)
    for table in TABLES:
        if table.kind == "table" and there.get(table.name) == "view":
            raise SourceError(
                f"{schema}.{table.name} is a view, and segdb publishes a table of that name: the "
                f"database was changed, and is not read. {command('run')} on your sources "
                "publishes it anew."
            )


def require(store: Database, schema: str, table: Table, *columns: str) -> None:
    """Refuse to go on without these columns of a published table.

    Without any it is all of them, but for those that a database of an earlier release lacks.

    Raises:
        SourceError: the table was dropped, altered or replaced.
    """
    there = store.columns(schema, table.name)
    wanted = [c for c in table.columns if not columns or c.name in columns]
    wanted = [c for c in wanted if c.name in there or c.name in columns or not c.later]
    lacking = [c.name for c in wanted if c.name not in there or not _fits(c, there[c.name])]
    if lacking or store.kinds(schema).get(table.name) != "table":
        what = f"has no column {lacking[0]} as segdb writes it" if there else "is not there"
        raise SourceError(
            f"The table {schema}.{table.name} {what}: the database was changed by something else. "
            f"{command('run')} publishes all tables anew."
        )


@contextmanager
def blaming_changes(store: Database, schema: str) -> Iterator[None]:
    """Where a block fails over a database that was changed, say what was changed instead.

    Raises:
        SourceError: a published table is gone, empty, or lacks a column; whatever else it is that
            fails over a database in which all is as it was published is raised as it is.
    """
    try:
        yield
    except (UserError, LockedError):
        raise
    except Exception as error:
        try:
            with store.refusals(), store.attached():
                for table in TABLES:
                    if table.kind == "table":
                        _require_filled(store, schema, table)
        except EngineError:
            raise error from None
        raise


def _require_filled(store: Database, schema: str, table: Table) -> None:
    require(store, schema, table)
    name = store.relation(schema, table.name)
    keys = " OR ".join(f"{quoted(key)} IS NULL" for key in table.key) or "false"
    row = store.rows(f"SELECT count(*) AS n, count(*) FILTER (WHERE {keys}) AS bare FROM {name}")[0]  # noqa: S608
    if row["bare"] or (table.key and not row["n"] and not table.may_be_empty):
        what = f"rows without {' or '.join(table.key)}" if row["bare"] else "no rows"
        raise SourceError(
            f"The table {schema}.{table.name} has {what}: the database was changed by something "
            f"else. {command('run')} publishes all tables anew."
        )


def make_room(
    store: Database, schema: str, table: Table, there: Mapping[str, str] | None = None
) -> None:
    """Remove what stands in the place of a published table or view and is of the other kind.

    Args:
        store: the database.
        schema: where the table is to be.
        table: which.
        there: ``kinds`` of the schema, where many tables are written and it was asked for once.
    """
    there = store.kinds(schema) if there is None else there
    if there.get(table.name, table.kind) != table.kind:
        store.drop(schema, table.name)


def set_aside(store: Database, schema: str, table: Table, *, whole: bool = False) -> bool:
    """Rename a growing table that takes no more rows of the contract, to ``<name>_old_1``.

    Args:
        store: the database.
        schema: where the table is.
        table: which.
        whole: a column that is missing is a reason, too; else it can be added.

    Returns:
        Whether it was renamed.
    """
    there = store.columns(schema, table.name)
    lacking = [column for column in table.columns if column.name not in there]
    unfit = [c for c in table.columns if c.name in there and not _fits(c, there[c.name])]
    if not there or not (unfit or (whole and lacking) or any(c.type == ID for c in lacking)):
        return False
    there_now = store.kinds(schema)
    number = next(
        n for n in range(1, len(there_now) + 2) if f"{table.name}_old_{n}" not in there_now
    )
    store.rename(schema, table.name, f"{table.name}_old_{number}")
    return True


def refuse_strangers(store: Database, schema: str) -> None:
    """Refuse a schema with tables of segdb's names that segdb did not make.

    Raises:
        SettingsError: a publish would replace tables of the user's own.
    """
    names = {table.name for table in TABLES}
    own = {name: words for name, words in store.comments(schema).items() if name in names}
    if own and not any(comment.startswith(OPENING) for comment in own.values()):
        raise SettingsError(
            f"The schema {schema} has a table {min(own)} that segdb did not make, and would "
            'replace. Name another schema: [publish] schema = "segments".'
        )


def _fits(column: Column, there: str) -> bool:
    return (
        column.type in (ID, there)
        or any(there in group and column.type in group for group in _KINDS)
        or (column.type == "DOUBLE" and there.startswith("DECIMAL"))
    )

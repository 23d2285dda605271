"""Read-only query: one SELECT over the published tables, without files or the network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from segdb.contract import RUNS
from segdb.engines.duckdb.connect import lock_files
from segdb.engines.duckdb.first_rows import first_rows
from segdb.engines.duckdb.sources_read import files_read
from segdb.engines.publishing.integrity import has
from segdb.engines.publishing.run_archive import published_run
from segdb.engines.publishing.signature import proven
from segdb.engines.reader import Ask, require_segments
from segdb.errors import UserError, command, nearest
from segdb.lazy import lazy
from segdb.sql_text import literal, quoted
from segdb.stored_json import mapping

if TYPE_CHECKING:
    from segdb.engines.duckdb.database import DuckDB
    from segdb.features import behaviour
else:
    behaviour = lazy("segdb.features.behaviour")


@dataclass(frozen=True)
class _Live:
    """What ``segments_live`` names, and what of it may be read.

    Attributes:
        paths: files and patterns that may be read.
        gone: what it names and is not there.
        kept_from: what it names and may not be read: the last run did not read it, or nothing
            proves that it did.
        trusted: whether what the last run read may be read without a proof.
    """

    paths: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    kept_from: frozenset[str] = frozenset()
    trusted: bool = False


def secured(store: DuckDB, schema: str, *, sources: bool = False) -> Ask:
    """Lock a database that was opened for reading, and return what runs one SELECT on it.

    The function takes the SELECT, values for the ``$name`` parameters in it, and how many of its
    rows are wanted at most. Unqualified names are looked up in ``schema`` first. It reads tables;
    files only those that ``segments_live`` was made of, and only where this user's segdb made it.

    Args:
        store: opened for reading alone.
        schema: where the published tables are.
        sources: let ``segments_live`` read the sources that the last run recorded, whoever ran it.

    Raises:
        UserError: there are no segments.
    """
    with store.refusals():
        require_segments(store, schema)
        store.execute(f"USE {quoted(schema)}")
        live = _live(store, schema, trusted=sources)
        if live.paths:
            allowed = ", ".join(literal(path) for path in sorted(live.paths))
            store.execute(f"SET allowed_paths = [{allowed}]")
        lock_files(store.connection)
        store.execute("SET lock_configuration = true")
    return partial(_select, store, live)


def _live(store: DuckDB, schema: str, *, trusted: bool) -> _Live:
    """Return what ``segments_live`` may read: what the last run says that it read.

    Of a run that is not signed that counts on request alone. What the view itself names never
    counts: it may be anyone's, and however it was changed, it reads no more than this.
    """
    view = set(files_read(_view(store, schema)))
    last = published_run(store, schema)
    read = last is not None and (trusted or proven(store, schema, last))
    texts = set(_recorded(store, schema, last)) if read else set()
    # The names are whole patterns, as the readers wrote them.
    files = {text: {path for path in glob(text) if Path(path).is_file()} for text in texts}  # noqa: PTH207
    # A pattern is asked for by itself before its files are.
    paths = frozenset(
        path for text, matches in files.items() if matches for path in (text, *matches)
    )
    gone = frozenset(text for text, matches in files.items() if not matches)
    return _Live(paths, gone, frozenset(view - texts), trusted)


def _view(store: DuckDB, schema: str) -> str:
    """Return the SQL of ``segments_live``; empty without that view."""
    views = store.rows(
        "SELECT sql FROM system.main.duckdb_views() WHERE database_name = current_database() "  # noqa: S608
        f"AND view_name = 'segments_live' AND lower(schema_name) = lower({literal(schema)})"
    )
    return str(views[0]["sql"]) if views else ""


def _recorded(store: DuckDB, schema: str, run_id: int | None) -> list[str]:
    """Return the files and patterns that a run read its sources from; none of a damaged run."""
    if not has(store, schema, RUNS, "run_id", "settings"):
        return []
    runs = f"{quoted(schema)}.{RUNS.name}"
    rows = store.rows(f"SELECT settings FROM {runs} WHERE run_id = {run_id}")  # noqa: S608
    names: list[str] = []
    # Something else may have changed what is stored, and a query of the tables is answered.
    with suppress(UserError, IndexError, KeyError, TypeError, AttributeError):
        for source in mapping(rows[0]["settings"], "settings")["inferred"].values():
            names += files_read(source.get("definition") or "")
    return names


def _select(
    store: DuckDB,
    live: _Live,
    sql: str,
    values: Mapping[str, object] | None = None,
    rows: int | None = None,
) -> pa.Table:
    try:
        statements = store.connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise UserError("A query is one SELECT; it cannot change the database.")
        if rows is not None:
            return first_rows(store.connection, sql, values, rows)
        return store.fetch(sql, values)
    except duckdb.Error as error:
        raise UserError(f"The query failed: {_in_words(str(error).strip(), live)}") from None


def _in_words(text: str, live: _Live) -> str:
    """Say which column or file is meant, where the database knows none of that name."""
    refused = re.search(r'Cannot access \w+ "([^"]+)"', text)
    if refused and refused[1] in live.kept_from and live.trusted:
        return (
            f"segments_live reads {refused[1]}, which is no source of the last run: the view was "
            f"changed. {command('run')} or {command('refresh')} makes it anew."
        )
    if refused and refused[1] in live.kept_from:
        return (
            f"segments_live reads {refused[1]}, and nothing proves that your segdb named it there: "
            f"the database may be someone else's. Where you trust it, "
            f"{command('query --sources')} lets it read; {command('refresh')} on sources that you "
            "name makes it yours."
        )
    if refused and refused[1] in live.gone:
        return (
            f"segments_live reads {refused[1]}, and there is no such file now. Put it back, or run "
            f"{command('run')} on the source that there is."
        )
    if refused:
        return f"it reads {refused[1]}, and a query may read the published tables and no file."
    missing = re.search(r'Referenced column "([^"]+)" not found', text)
    if missing is None:
        # One paragraph: without the line of SQL that the database shows with a mark below it.
        return " ".join(text.split("\n\nLINE ", maxsplit=1)[0].split("\n"))
    candidates = re.search(r"Candidate bindings: (.+)", text)
    known = (
        [name.split(".")[-1] for name in re.findall(r'"([^"]+)"', candidates[1])]
        if candidates
        else []
    )
    meant = nearest(missing[1], known)
    if "Did you mean" not in meant:
        meant = " A feature is one where the last run had it: see use in [features]."
        if missing[1] in {feature.name for feature in behaviour.BEHAVIOUR}:
            meant = " It is of orders: the last run had none, or left it out of use in [features]."
    return f"there is no column '{missing[1]}'.{meant}"

"""Readers: a file, a table of the database, a query or a frame becomes a temporary relation."""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import duckdb
import ibis.expr.types as ir
import pyarrow as pa

from segdb.config.source_section import FileOptions, Source, as_setting
from segdb.engines.duckdb import relations
from segdb.engines.duckdb.messages import first_line
from segdb.engines.duckdb.read import files, text
from segdb.engines.duckdb.read.forget import forget
from segdb.engines.duckdb.read.json_files import read_json
from segdb.engines.duckdb.read.nested import flattened
from segdb.engines.duckdb.read.parquet import read_parquet
from segdb.engines.duckdb.read.unpack import unpacked
from segdb.engines.duckdb.read.workbooks import read_workbooks
from segdb.engines.raw_source import Raw
from segdb.errors import SourceError, nearest
from segdb.sql_text import quoted

if TYPE_CHECKING:
    from segdb.engines.duckdb.database import DuckDB

_QUERY = re.compile(
    r"(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(?:(?:select|with|from|values)\b|\()",
    re.IGNORECASE | re.DOTALL,
)


@runtime_checkable
class _Arrow(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


def read(
    store: DuckDB,
    name: Literal["orders", "customers"],
    source: object,
    settings: Source,
    expected: str | None = None,
) -> Raw:
    """Make a source a temporary relation called ``segdb_<name>_raw``.

    Args:
        store: the open database.
        name: which of a run's sources it is.
        source: a path or pattern of files, a list of such, a table or view of the database, a
            query, or an object with ``__arrow_c_stream__`` such as a pandas, Polars or Arrow table.
        settings: how to read files.
        expected: the encoding that was guessed when it was read before.

    Raises:
        SourceError: there is no such source, or it cannot be read as rows and columns.
    """
    relation = f"segdb_{name}_raw"
    for kept in (relation, f"{relation}_frame", f"{relation}_rows"):
        forget(store, kept)
    if isinstance(source, _Arrow):
        return _frame(store, relation, source)
    named = as_setting(source)
    options = replace(settings.of(name), expected=expected)
    if isinstance(named, tuple):
        return _files(store, relation, files.find_each(named), options)
    if named is None:
        kind = type(source)
        raise SourceError(
            f"The source of the {name} is of the type {_type_name(kind)}. It takes a path, a "
            "list of paths, a table of the database, a SELECT, or a table of pandas, Polars (not "
            "lazy) or Arrow."
        )
    if not named:
        raise SourceError(f"The source of the {name} is an empty text. Name a file or a table.")
    table = relations.find(store, named)
    if table is not None:
        view, select = _flat_view(store, relation, f"SELECT * FROM {table.sql}", table.sql)  # noqa: S608
        return Raw(view, named, None if table.temporary else select)
    source_files = files.find(named)
    if source_files is not None:
        return _files(store, relation, source_files, options)
    if _QUERY.match(named):
        return _query(store, relation, named, name)
    raise _missing(store, named)


def _missing(store: DuckDB, named: str) -> SourceError:
    """Return the error for a name of nothing."""
    if re.match(r"\w+://", named):
        return SourceError(
            f"{named} is not on this machine. Download it, or load the engine's extension for it "
            "and give a SELECT that reads it."
        )
    if files.looks_like_path(named):
        return files.missing(named)
    meant = nearest(named, relations.offered(store))
    return SourceError(
        f"There is no file, table or view called '{named}'.{meant} A source is a file, a table of "
        "the database, or a SELECT."
    )


def files_of(source: object) -> tuple[Path, ...]:
    """Return the files that a source may name; none of what is no path or pattern of files."""
    named = as_setting(source)
    paths: list[Path] = []
    for name in (named,) if isinstance(named, str) else named or ():
        with suppress(SourceError):  # reading it says what is wrong
            given = files.find(name)
            paths += given.paths if given else ()
    return tuple(paths)


def _files(store: DuckDB, relation: str, source_files: files.Files, options: FileOptions) -> Raw:
    try:
        with unpacked(source_files, options) as (inner, notes):
            raw = _read(store, relation, inner, options)
            if inner.unpacked and inner.suffix in files.PARQUET:
                # The copies go.
                rows = f"{relation}_rows"
                store.table(rows, raw.table)
                raw = replace(raw, table=store.view(relation, f"FROM {quoted(rows)}"))
            return replace(raw, notes=(*notes, *raw.notes))
    except duckdb.Error as error:
        raise SourceError(f"{source_files.origin} cannot be read: {first_line(error)}.") from None
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or error
        raise SourceError(f"{source_files.origin} cannot be read: {why}.") from None


def _read(store: DuckDB, relation: str, source_files: files.Files, options: FileOptions) -> Raw:
    if source_files.suffix in files.PARQUET:
        return read_parquet(store, relation, source_files, options)
    if source_files.suffix in files.JSON:
        return read_json(store, relation, source_files)
    if source_files.suffix in files.EXCEL:
        books = read_workbooks(source_files.paths, source_files.origin, options)
        store.connection.register(relation, books.table)
        table = store.unbound(quoted(relation), relation)
        return Raw(
            table,
            source_files.origin,
            None,
            warnings=books.warnings,
            notes=books.notes,
            options=books.options,
        )
    return text.read_text(store, relation, source_files, options)


def _frame(store: DuckDB, relation: str, source: _Arrow) -> Raw:
    kind = type(source)
    origin = f"the {_type_name(kind)}"
    try:
        table = pa.RecordBatchReader.from_stream(_uniform(source)).read_all()
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise SourceError(f"{origin} cannot be read as columns: {first_line(error)}.") from None
    # pandas' row labels, where they have no name of their own.
    labels = [name for name in table.column_names if re.fullmatch(r"__index_level_\d+__", name)]
    table = table.drop_columns(labels)
    if not table.num_columns or not table.num_rows:
        raise SourceError(f"{origin} has no {'rows' if table.num_columns else 'columns'}.")
    store.connection.register(relation, table)
    unbound = store.unbound(quoted(relation), relation)
    select = flattened(store, relation, unbound.schema(), quoted(f"{relation}_frame"))
    if select:
        store.connection.register(f"{relation}_frame", table)
        forget(store, relation)
        unbound = store.view(relation, select)
    return Raw(unbound, origin, None)


def _flat_view(store: DuckDB, relation: str, sql: str, source: str) -> tuple[ir.Table, str]:
    """Make a SELECT a view, with the leaves of objects as columns, and return its SQL."""
    view = store.view(relation, sql)
    select = flattened(store, relation, view.schema(), source)
    return (store.view(relation, select), select) if select else (view, sql)


def _uniform(source: Any) -> Any:
    """Turn columns of pandas that mix numbers and text, as invoice numbers do, into text."""
    try:
        source.__arrow_c_stream__()
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError):
        kinds = getattr(source, "dtypes", None)
        if kinds is None or not hasattr(source, "astype"):
            raise
        mixed = {name: "string" for name, kind in kinds.items() if str(kind) == "object"}
        return source.astype(mixed)
    return source


def _type_name(kind: type) -> str:
    """Return a type with its package: ``pandas DataFrame``, and of Python's own ``list``."""
    package = kind.__module__.split(".")[0].lstrip("_")
    return kind.__name__ if package == "builtins" else f"{package} {kind.__name__}"


def _query(store: DuckDB, relation: str, named: str, name: str) -> Raw:
    origin = f"the query of the {name}"
    try:
        statements = store.connection.extract_statements(named)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise SourceError(f"The {name} take one SELECT, and nothing beside it: {named!r}.")
        sql = statements[0].query.strip().rstrip(";")
        view, select = _flat_view(store, relation, sql, f"({sql}\n)")
        return Raw(view, origin, select, stored=False)
    except duckdb.Error as error:
        raise SourceError(f"The query of the {name} does not run: {first_line(error)}.") from None

"""Readers: a file, a table of the database, a query or a frame becomes a temporary relation."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import Any, Literal, Protocol, runtime_checkable

import duckdb
import pyarrow as pa

from segdb.compile import literal, quoted
from segdb.errors import SourceError, nearest
from segdb.settings import Source
from segdb.store import excel, files, relations, text
from segdb.store.duckdb import DuckDB
from segdb.store.raw import Raw, forget

__all__ = ["Raw", "read"]

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
) -> Raw:
    """Make a source a temporary relation called ``segdb_<name>_raw``.

    Args:
        store: the open database.
        name: which of a run's sources it is.
        source: a path or pattern of files, a table or view of the database, a query, or an object
            with ``__arrow_c_stream__`` such as a pandas, Polars or Arrow table.
        settings: how to read text files.

    Raises:
        SourceError: there is no such source, or it cannot be read as rows and columns.
    """
    relation = f"segdb_{name}_raw"
    forget(store, relation)
    if isinstance(source, _Arrow):
        return _frame(store, relation, source)
    if not isinstance(source, str | PurePath):
        kind = type(source)
        raise SourceError(
            f"The source of the {name} is a {_module(kind)} {kind.__name__}. It takes a path, a "
            "table of the database, a SELECT, or a table of pandas, Polars (not lazy) or Arrow."
        )
    named = str(source).strip()
    if not named:
        raise SourceError(f"The source of the {name} is an empty text. Name a file or a table.")
    table = relations.find(store, named)
    if table is not None:
        view = store.view(relation, f"SELECT * FROM {table.sql}")  # noqa: S608
        live = None if table.temporary else f"SELECT * FROM {table.sql}"  # noqa: S608
        return Raw(view, named, live)
    found = files.find(named)
    if found is not None:
        return _files(store, relation, found, settings)
    if _QUERY.match(named):
        return _query(store, relation, named, name)
    if re.match(r"\w+://", named):
        raise SourceError(
            f"{named} is not on this machine. Download it, or load the engine's extension for it "
            "and give a SELECT that reads it."
        )
    if files.looks_like_path(named):
        raise files.missing(named)
    meant = nearest(named, relations.offered(store))
    raise SourceError(
        f"There is no file, table or view called '{named}'.{meant} A source is a file, a table of "
        "the database, or a SELECT."
    )


def files_of(source: object) -> tuple[Path, ...]:
    """Return the files that a source may name; none of what is no path or pattern of files."""
    if not isinstance(source, str | PurePath):
        return ()
    try:
        named = files.find(str(source).strip())
    except SourceError:
        return ()  # reading it says what is wrong
    return named.paths if named else ()


def _files(store: DuckDB, relation: str, found: files.Files, settings: Source) -> Raw:
    try:
        if found.suffix in files.PARQUET:
            return _parquet(store, relation, found)
        if found.suffix in files.JSON:
            return _json(store, relation, found)
        if found.suffix in files.EXCEL:
            table = excel.rows(found.paths, found.origin)
            store.connection.register(relation, table)
            return Raw(store.unbound(quoted(relation), relation), found.origin, None)
        return text.read_text(store, relation, found, settings)
    except duckdb.Error as error:
        raise SourceError(f"{found.origin} cannot be read: {_first_line(error)}.") from None
    except OSError as error:
        raise SourceError(f"{found.origin} cannot be read: {error.strerror or error}.") from None


def _parquet(store: DuckDB, relation: str, found: files.Files) -> Raw:
    options = ""
    if len(found.paths) > 1:
        layouts = store.connection.execute(
            "SELECT file_name, list(name ORDER BY name), list(type ORDER BY name) "  # noqa: S608
            f"FROM parquet_schema({found.sql}) WHERE num_children IS NULL "
            "GROUP BY file_name ORDER BY file_name"
        ).fetchall()
        for file, columns, types in layouts[1:]:
            _check_same(found, (layouts[0][0], layouts[0][1]), (file, columns))
            if types != layouts[0][2]:
                options = ", union_by_name = true"
    view = store.view(relation, f"SELECT * FROM read_parquet({found.sql}{options})")  # noqa: S608
    pattern = literal(found.pattern)
    return Raw(view, found.origin, f"SELECT * FROM read_parquet({pattern}{options})")  # noqa: S608


def _check_same(
    found: files.Files, first: tuple[str, list[str]], other: tuple[str, list[str]]
) -> None:
    differ = sorted(set(first[1]) ^ set(other[1]))
    if differ:
        raise SourceError(
            f"The files of {found.origin} have different columns: '{differ[0]}' is not in both "
            f"{first[0]} and {other[0]}. Name files of one layout, or give a SELECT that "
            "joins them."
        )


def _json(store: DuckDB, relation: str, found: files.Files) -> Raw:
    options = "maximum_depth = 1, sample_size = -1, records = true"
    reader = f"read_json({found.sql}, {options})"
    try:
        columns = list(store.schema(reader).names)
        texts = ", ".join(f"{quoted(c)} ->> '$' AS {quoted(c)}" for c in columns)
        table = store.table(relation, f"SELECT {texts} FROM {reader}")  # noqa: S608
    except (duckdb.InvalidInputException, duckdb.BinderException) as error:
        why = "" if "records" in str(error) else f": {_first_line(error)}"
        raise SourceError(f"{found.origin} is not JSON of one object a row{why}.") from None
    if store.rows(f"SELECT count(*) AS n FROM {quoted(relation)}")[0]["n"] == 0:  # noqa: S608
        raise SourceError(f"{found.origin} has no rows.")
    kinds = ", ".join(f"{quoted(c)}: 'JSON'" for c in columns)
    again = f"read_json({literal(found.pattern)}, columns = {{{kinds}}})"
    return Raw(table, found.origin, f"SELECT {texts} FROM {again}")  # noqa: S608


def _frame(store: DuckDB, relation: str, source: _Arrow) -> Raw:
    kind = type(source)
    origin = f"the {_module(kind)} {kind.__name__}"
    try:
        table = pa.RecordBatchReader.from_stream(_uniform(source)).read_all()
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise SourceError(f"{origin} cannot be read as columns: {_first_line(error)}.") from None
    # pandas' row labels, where they have no name of their own.
    labels = [name for name in table.column_names if re.fullmatch(r"__index_level_\d+__", name)]
    store.connection.register(relation, table.drop_columns(labels))
    return Raw(store.unbound(quoted(relation), relation), origin, None)


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


def _module(kind: type) -> str:
    return kind.__module__.split(".")[0].lstrip("_")


def _query(store: DuckDB, relation: str, named: str, name: str) -> Raw:
    origin = f"the query of the {name}"
    try:
        statements = store.connection.extract_statements(named)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise SourceError(f"The {name} take one SELECT, and nothing beside it: {named!r}.")
        sql = statements[0].query.strip().rstrip(";")
        return Raw(store.view(relation, sql), origin, sql, stored=False)
    except duckdb.Error as error:
        raise SourceError(f"The query of the {name} does not run: {_first_line(error)}.") from None


def _first_line(error: BaseException) -> str:
    text = str(error).split("\nLINE ")[0]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    words = " ".join(lines[:2]) if lines else type(error).__name__
    return re.sub(r"^\w+(?: \w+)? Error: ", "", words).rstrip(".")

"""JSON: one object a row, its values as text, and the leaves of objects in it by their path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import ibis

from segdb.engines.duckdb.messages import first_line
from segdb.engines.duckdb.read.byte_order import without_marks
from segdb.engines.duckdb.read.files import Files
from segdb.engines.duckdb.read.json_faults import fault, is_empty
from segdb.engines.duckdb.read.nested import column_names, leaves
from segdb.engines.raw_source import Raw
from segdb.errors import SourceError
from segdb.sql_text import literal, quoted

if TYPE_CHECKING:
    from segdb.engines.duckdb.database import DuckDB

# What stands beside the rows in an answer of an API.
_AROUND = frozenset(
    {
        "meta", "metadata", "count", "total", "total_count", "page", "pages", "per_page",
        "page_size", "size", "limit", "offset", "next", "previous", "prev", "cursor",
        "next_cursor", "next_page", "links", "paging", "pagination", "has_more", "status",
        "success", "ok", "object", "url", "error", "errors", "message", "version", "schema",
        "@odata.context", "@odata.nextlink",
    }
)  # fmt: skip


@dataclass(frozen=True)
class _Rows:
    """Where the rows of JSON files are.

    Attributes:
        schema: of the objects that are rows.
        inside: the column of each file's one object that holds them as an array, if they are not
            the files' own objects.
        outer: the columns of the files' own objects.
    """

    schema: ibis.Schema
    inside: str | None
    outer: tuple[str, ...]


def read_json(store: DuckDB, relation: str, files: Files) -> Raw:
    """Read JSON files into a temporary table of text.

    Raises:
        SourceError: they do not hold one object a row, or no rows.
    """
    with without_marks(files) as plain:
        return _read(store, relation, plain)


def _read(store: DuckDB, relation: str, files: Files) -> Raw:
    # Deep enough for objects within objects; every row and file is looked at.
    sniffed = (
        f"read_json({files.sql}, maximum_depth = 7, sample_size = -1, records = true, "
        f"maximum_sample_files = {len(files.paths)})"
    )
    try:
        rows = _find_rows(store, files, store.schema(sniffed))
        select = _select(rows, files.sql)
        table = store.table(relation, select)
    except (duckdb.InvalidInputException, duckdb.BinderException) as error:
        wrong = fault(str(error))
        if wrong is not None:
            raise wrong from None
        if all(map(is_empty, files.paths)):
            raise SourceError(f"{files.origin} has no rows.") from None
        why = "" if "records" in str(error) else f": {first_line(error)}"
        raise SourceError(
            f"{files.origin} is not JSON of one object a row{why}. Give a SELECT that makes rows "  # noqa: S608
            f"of it, such as: SELECT unnest(rows, recursive := true) FROM '{files.origin}'."
        ) from None
    if store.rows(f"SELECT count(*) AS n FROM {quoted(relation)}")[0]["n"] == 0:  # noqa: S608
        raise SourceError(f"{files.origin} has no rows.")
    notes = (f"{files.origin}: the rows are those of '{rows.inside}'",) if rows.inside else ()
    live = None if files.unpacked else _select(rows, files.live)
    return Raw(table, files.origin, live, notes=notes)


def _find_rows(store: DuckDB, files: Files, schema: ibis.Schema) -> _Rows:
    """Return where the rows are: the objects of a file, or an array within its only one."""
    outer = tuple(schema.names)
    arrays = [
        (name, kind.value_type)
        for name, kind in schema.items()
        if kind.is_array() and kind.value_type.is_struct()
    ]
    if len(arrays) != 1:
        return _Rows(schema, None, outer)
    (name, kind), others = arrays[0], {n.lower() for n in schema.names} - {arrays[0][0].lower()}
    if len(files.paths) > 1 and not others <= _AROUND:
        return _Rows(schema, None, outer)
    objects = store.rows(
        f"SELECT count(*) AS n FROM {_objects(outer, files.sql)}"  # noqa: S608
    )
    if objects[0]["n"] != len(files.paths):
        return _Rows(schema, None, outer)
    return _Rows(ibis.schema(dict(kind.items())), name, outer)


def _objects(columns: tuple[str, ...], path: str) -> str:
    kinds = ", ".join(f"{literal(name)}: 'JSON'" for name in columns)
    return f"read_json({path}, columns = {{{kinds}}})"


def _select(rows: _Rows, path: str) -> str:
    """Return the SELECT of all columns, and of the leaves of those that are objects."""
    source = _objects(rows.outer, path)
    if rows.inside:
        inner = f"SELECT unnest(CAST({quoted(rows.inside)} AS JSON[])) AS object FROM {source}"  # noqa: S608
        source = f"({inner})"
    columns: list[tuple[str, ...]] = [(name,) for name in rows.schema.names]
    deeper = [path for name, kind in rows.schema.items() for path, _ in leaves(name, kind)]
    names = column_names(deeper, rows.schema.names)
    values = [
        f"{_value(path, inside=bool(rows.inside))} AS {quoted(name)}"
        for path, name in zip([*columns, *deeper], [*rows.schema.names, *names], strict=True)
    ]
    return f"SELECT {', '.join(values)} FROM {source}"  # noqa: S608


def _value(path: tuple[str, ...], *, inside: bool) -> str:
    if not inside and len(path) == 1:
        return f"{quoted(path[0])} ->> '$'"
    column, keys = ("object", path) if inside else (quoted(path[0]), path[1:])
    # A JSON pointer (RFC 6901).
    pointer = "".join(f"/{key.replace('~', '~0').replace('/', '~1')}" for key in keys)
    return f"{column} ->> {literal(pointer)}"

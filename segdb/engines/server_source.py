"""Server source: what the sources of every engine but DuckDB have in common."""

from __future__ import annotations

import re
from typing import Literal, Protocol, runtime_checkable

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from segdb.contract import TABLES
from segdb.engines.raw_source import Raw
from segdb.errors import SourceError, nearest
from segdb.sql_text import quoted

_SELECT = re.compile(r"\s*(?:--[^\n]*\n\s*)*(?:(?:select|with|values|from)\b|\()", re.IGNORECASE)


@runtime_checkable
class _Arrow(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class _Server(Protocol):
    def schema(self, relation: str) -> ibis.Schema: ...
    def tables(self) -> list[tuple[str, str]]: ...
    def rows_table(self, name: str, rows: pa.Table) -> ir.Table: ...


def is_select(source: str) -> bool:
    """Whether a source is a SELECT and no name."""
    return _SELECT.match(source) is not None


def relation_of(name: str) -> str:
    """Return the temporary relation that a source, orders or customers, becomes."""
    return f"segdb_{name}_raw"


def uploaded_frame(
    store: _Server, name: Literal["orders", "customers"], source: object
) -> Raw | None:
    """Upload a frame; None of a source that is none."""
    if not isinstance(source, _Arrow):
        return None
    rows = store.rows_table(relation_of(name), pa.table(source))
    return Raw(rows, f"the {name}", None, stored=False)


def source_text(name: str, source: object, engine: str, kinds: str) -> str:
    """Return the text that a source is, without blanks around it.

    Args:
        name: orders or customers.
        source: what was given for it.
        engine: what the engine is called.
        kinds: what it takes besides frames.

    Raises:
        SourceError: it is no text.
    """
    if isinstance(source, str):
        return source.strip()
    raise SourceError(
        f"The source of the {name} is a {type(source).__name__}. On {engine} it is {kinds}, or a "
        "table of pandas, Polars or Arrow."
    )


def no_table(store: _Server, named: str, engine: str) -> SourceError:
    """Return the error for a name that the engine has no table of, with the nearest ones."""
    published = {table.name for table in TABLES}
    tables = [f"{schema}.{table}" for schema, table in store.tables() if table not in published]
    return SourceError(f"The {engine} has no table {named}.{nearest(named, tables)}")


def incomparable_as_text(store: _Server, select: str, text: str) -> str:
    """Return a SELECT with the columns as text whose types have no equality, such as JSON and MAP.

    Args:
        store: the engine.
        select: what is read.
        text: the engine's word for the type of a text.
    """
    kinds = store.schema(f"({select}) AS source")
    cast = {name for name, kind in kinds.items() if kind.is_json() or kind.is_unknown()}
    if not cast:
        return select
    columns = ", ".join(
        f"CAST({quoted(name)} AS {text}) AS {quoted(name)}" if name in cast else quoted(name)
        for name in kinds
    )
    return f"SELECT {columns} FROM ({select}) AS source"  # noqa: S608

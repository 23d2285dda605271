"""Nested: the leaves of objects as columns by their path, and binary values as text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt

from segdb.sql_text import literal, quoted

if TYPE_CHECKING:
    from segdb.engines.duckdb.database import DuckDB

# Objects are opened so deep, and none that has more leaves: its keys are data.
_DEPTH, _MOST_LEAVES = 4, 300
# Rows by which it is decided what binary values are.
_HEAD = 100_000
_UNREADABLE = "[\\x00-\\x08\\x0e-\\x1f\\x7f]"

_UUID = r"\1-\2-\3-\4-\5"

Path = tuple[str, ...]


def leaves(name: str, kind: dt.DataType) -> list[tuple[Path, dt.DataType]]:
    """Return the paths of the leaves of a column of objects, and their types.

    None where it is no column of objects, or one of too many keys.
    """
    if not kind.is_struct():
        return []
    paths = list(itertools.islice(_leaves((name,), kind), _MOST_LEAVES + 1))
    return paths if len(paths) <= _MOST_LEAVES else []


def _leaves(path: Path, kind: dt.DataType) -> Iterator[tuple[Path, dt.DataType]]:
    if not kind.is_struct():
        yield path, kind
    elif len(path) <= _DEPTH:
        for name, inner in kind.items():
            yield from _leaves((*path, name), inner)


def column_names(paths: Sequence[Path], reserved: Sequence[str]) -> list[str]:
    """Return a name for each path, such as ``ecommerce.revenue``, that no column has already."""
    used = {name.lower() for name in reserved}
    names = []
    for path in paths:
        base = ".".join(path)
        names.append(
            next(
                name
                for name in itertools.chain([base], (f"{base}_{n}" for n in itertools.count(2)))
                if name.lower() not in used
            )
        )
        used.add(names[-1].lower())
    return names


def flattened(store: DuckDB, relation: str, schema: ibis.Schema, source: str) -> str | None:
    """Return a SELECT of a source with the leaves of its objects, and binary values as text.

    Binary values become text if they are text, else the text of a UUID if all are UUIDs of 16
    bytes, else hexadecimal digits.

    Args:
        store: the database.
        relation: a view of the source.
        schema: of it.
        source: its SQL in a FROM clause.

    Returns:
        None where it has neither.
    """
    opened = [leaf for name, kind in schema.items() for leaf in leaves(name, kind)]
    names = column_names([path for path, _ in opened], schema.names)
    added = [
        f"{_extracted(path)} AS {quoted(name)}"
        for (path, _), name in zip(opened, names, strict=True)
    ]
    binary = [name for name, kind in schema.items() if kind.is_binary()]
    if not added and not binary:
        return None
    texts = ", ".join(
        f"{text} AS {quoted(name)}"
        for name, text in zip(binary, _texts(store, relation, binary), strict=True)
    )
    everything = f"* REPLACE ({texts})" if binary else "*"
    return f"SELECT {', '.join([everything, *added])} FROM {source}"  # noqa: S608


def _extracted(path: Path) -> str:
    sql = quoted(path[0])
    for name in path[1:]:
        sql = f"struct_extract({sql}, {literal(name)})"
    return sql


def _texts(store: DuckDB, relation: str, columns: Sequence[str]) -> list[str]:
    """Return for each binary column the SQL of its values as text."""
    if not columns:
        return []
    parts = []
    for place, name in enumerate(columns):
        column = quoted(name)
        decoded = f"TRY(decode({column}))"
        text = f"NOT regexp_matches({decoded}, {literal(_UNREADABLE)})"
        digits = f"hex({column})"
        uuid = (
            f"octet_length({column}) = 16 AND {digits}[13] BETWEEN '1' AND '8' "
            f"AND {digits}[17] IN ('8', '9', 'A', 'B')"
        )
        parts.append(f"coalesce(bool_and(coalesce({text}, false)) , false) AS text_{place}")
        parts.append(f"coalesce(bool_and({uuid}), false) AS uuid_{place}")
    # A NULL is neither, and says nothing.
    row: dict[str, bool] = {}
    for place, name in enumerate(columns):
        chosen = ", ".join(parts[2 * place : 2 * place + 2])
        head = (
            f"SELECT {quoted(name)} FROM {quoted(relation)} "  # noqa: S608
            f"WHERE {quoted(name)} IS NOT NULL LIMIT {_HEAD}"
        )
        row |= store.rows(f"SELECT {chosen} FROM ({head})")[0]  # noqa: S608
    return [
        _as_text(quoted(name), text=row[f"text_{place}"], uuid=row[f"uuid_{place}"])
        for place, name in enumerate(columns)
    ]


def _as_text(column: str, *, text: bool, uuid: bool) -> str:
    digits = f"lower(hex({column}))"
    if text:
        return f"coalesce(TRY(decode({column})), {digits})"
    if uuid:
        groups = literal("(.{8})(.{4})(.{4})(.{4})(.{12})")
        return f"regexp_replace({digits}, {groups}, {literal(_UUID)})"
    return digits

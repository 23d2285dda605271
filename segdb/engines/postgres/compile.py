"""Compile: an expression as one SELECT of PostgreSQL, with what only DuckDB has in its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot
from sqlglot import exp

from segdb.errors import SettingsError, SourceError
from segdb.exports.dialects import DIALECTS
from segdb.exports.transpile import to_dialect
from segdb.expressions.engine_functions import BITS, UNIFORM, function_of

_NTH_LEAST = "segdb_nth_least"
_ROW = "segdb_row"
_BINS = "segdb_bins"
_ZONE = "segdb_in_zone"


def compiled(query: ir.Table, *, pretty: bool = False) -> str:
    """Return an expression as one SELECT.

    Args:
        query: what is compiled.
        pretty: laid out for a reader, with no more SELECTs than it needs.

    Raises:
        SourceError: it would read numbers or dates out of text.
        SettingsError: PostgreSQL cannot express it.
    """
    return _compiled(query.op(), pretty)


# As ``segdb.sql`` does for DuckDB.
@lru_cache(maxsize=512)
def _compiled(node: ops.Node, pretty: bool) -> str:
    rewritten = node.replace(_for_postgres).to_expr()
    try:
        text = to_dialect("a step of the run", rewritten, DIALECTS["postgres"], pretty=pretty)
    except SettingsError as error:
        if " of string to " not in str(error):
            raise
        raise SourceError(
            "A column of the source holds numbers or dates as text, which PostgreSQL does not read "
            "where one of them may be unreadable. Give a SELECT that casts it, such as SELECT *, "
            "CAST(ordered AS timestamp) AS ordered_at FROM …, or have the table hold the type."
        ) from None
    if not any(name in text.lower() for name in (*_WORDS, "is not distinct from")):
        return text
    tree = sqlglot.parse_one(text, read="postgres").transform(_in_words, copy=False)
    return str(tree.sql(dialect="postgres", pretty=pretty, copy=False))


def _for_postgres(node: Any, changed: Mapping[str, Any] | None) -> Any:
    node = node.__recreate__(changed) if changed else node
    if _name(node) == "timezone":
        in_zone = function_of(ibis.udf.scalar.builtin, _ZONE, 2, node.dtype)
        return in_zone(*(argument.to_expr() for argument in node.args)).op()
    if _name(node) == "histogram":
        return _bins(*(argument.to_expr() for argument in node.args[:2])).op()
    if isinstance(node, ops.ArrayMax) and _name(node.arg) == "min":
        # Of the n least values the largest.
        value, most = (argument.to_expr() for argument in node.arg.args[:2])
        return _nth_least(value, most).op()
    if _name(node) == "to_json" and isinstance(node.args[0], ops.StructColumn):
        return _row_of(node.args[0]).op()
    return node


def _name(node: Any) -> str:
    return str(getattr(node, "__func_name__", ""))


def _row_of(row: ops.StructColumn) -> ir.Value:
    """Return a JSON object of named values, moments as they are written."""
    parts: list[ir.Value] = []
    for name, value in zip(row.names, row.values, strict=True):
        shown = value.to_expr()
        parts += [ibis.literal(name), shown.cast("string") if value.dtype.is_temporal() else shown]
    return function_of(ibis.udf.scalar.builtin, _ROW, len(parts), "string")(*parts)


def _in_words(node: exp.Expr) -> exp.Expr:
    """Write a placeholder as PostgreSQL says it, and a join on ids that may be NULL.

    IS NOT DISTINCT FROM is a nested loop. Arrays of one are equal where both hold NULL, and can be
    hashed. What is written here is not parsed: a histogram of a column has hundreds of nodes.
    """
    if isinstance(node, exp.NullSafeEQ):
        left, right = (exp.Array(expressions=[side]) for side in (node.left, node.right))
        return exp.EQ(this=left, expression=right)
    if isinstance(node, exp.Anonymous) and str(node.this).lower() in _WORDS:
        arguments = [argument.sql(dialect="postgres") for argument in node.expressions]
        return exp.Var(this=_WORDS[str(node.this).lower()](*arguments))
    return node


def _uniform(text: str) -> str:
    digits = f"SUBSTRING(MD5({text}), 1, {BITS // 4})"
    number = f"CAST(CAST('x' || {digits} AS BIT({BITS})) AS BIGINT)"
    return f"(CAST({number} AS DOUBLE PRECISION) / {2**BITS}.0)"


def _nth(value: str, most: str) -> str:
    return f"(ARRAY_AGG({value} ORDER BY {value}))[LEAST({most}, COUNT({value}))]"


def _histogram(column: str, edges: str) -> str:
    """Write (edge, how many lie from the edge before it up to it) of each edge, as pairs."""
    ends = edges.removeprefix("ARRAY[").removesuffix("]").split(", ")
    bins = []
    for before, end in pairwise((None, *ends)):
        inside = f"{column} <= {end}" + (f" AND {column} > {before}" if before else "")
        bins.append(f"ARRAY[{end}, COUNT(*) FILTER (WHERE {inside})]")
    return f"CAST(ARRAY[{', '.join(bins)}] AS DOUBLE PRECISION[])"


def _json_row(*parts: str) -> str:
    """Write an object piece by piece: a function takes a hundred arguments, and no more."""
    pairs = zip(parts[::2], parts[1::2], strict=True)
    members = [
        f"CAST(TO_JSON(CAST({name} AS TEXT)) AS TEXT) || ':' || "
        f"COALESCE(CAST(TO_JSON({value}) AS TEXT), 'null')"
        for name, value in pairs
    ]
    return "('{' || " + " || ',' || ".join(members) + " || '}')"


_WORDS: Mapping[str, Callable[..., str]] = {
    UNIFORM: _uniform,
    _NTH_LEAST: _nth,
    _ROW: _json_row,
    _BINS: _histogram,
    _ZONE: lambda zone, moment: f"TIMEZONE({zone}, {moment})",
}


@ibis.udf.agg.builtin(name=_NTH_LEAST, signature=(("float64", "int64"), "float64"))
def _nth_least(_column, _most): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.agg.builtin(
    name=_BINS, signature=(("float64", "array<float64>"), "array<array<float64>>")
)
def _bins(_column, _edges): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

"""Compile: an expression as one SELECT of Spark's, with what only DuckDB has in its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot
from sqlglot import exp

from segdb.engines.spark.dates import in_zone, instant, moment_by_formats, moment_of_micros
from segdb.exports.dialects import DIALECTS
from segdb.exports.transpile import to_dialect
from segdb.expressions.engine_functions import BITS, UNIFORM

# Spark's cast takes the marks that Java's literals end with, and years and months for days.
_NUMBER = r"\d\.?\s*$"
_DATE = r"^\s*\d{4}-\d\d?-\d\d?"
_FOLDED = ("áàâäãåçéèêëíìîïñóòôöõúùûüýÿšžčřňťďěů", "aaaaaaceeeeiiiinooooouuuuyyszcrntdeu")


def compiled(query: ir.Table) -> str:
    """Return an expression as one SELECT.

    Raises:
        SettingsError: Spark cannot express it.
    """
    rewritten = query.op().replace(_for_spark).to_expr()
    text = to_dialect("a step of the run", rewritten, DIALECTS["spark"])
    tree = sqlglot.parse_one(text, read="databricks").transform(_in_words)
    return str(tree.sql(dialect="databricks"))


def _for_spark(node: Any, changed: Mapping[str, Any] | None) -> Any:
    node = node.__recreate__(changed) if changed else node
    if isinstance(node, ops.TryCast) and node.arg.dtype.is_string():
        return _careful(node)
    if isinstance(node, ops.ArrayMax) and _name(node.arg) == "min":
        # Of the n least values the largest.
        return _nth_least(*(argument.to_expr() for argument in node.arg.args[:2])).op()
    if _name(node) == "to_json" and isinstance(node.args[0], ops.StructColumn):
        return _row_json(_shown(node.args[0])).op()
    words = _FUNCTIONS.get(_name(node))
    # An aggregate's last argument is its filter, where it has one.
    given = (argument.to_expr() for argument in node.args if argument is not None)
    return words(*given).op() if words else node


def _name(node: Any) -> str:
    return str(getattr(node, "__func_name__", ""))


def _careful(node: ops.TryCast) -> Any:
    """Cast a text only where DuckDB would read it, too."""
    text: ir.StringValue = node.arg.to_expr()
    if node.to.is_floating():
        return ibis.ifelse(text.re_search(_NUMBER), node.to_expr(), ibis.null(node.to)).op()
    if node.to.is_timestamp():
        kind = node.to
        cast = _instant_cast(text) if kind.timezone else node.to_expr()
        return ibis.ifelse(text.re_search(_DATE), cast, ibis.null(kind)).op()
    return node


def _shown(row: ops.StructColumn) -> ir.StructValue:
    """Return named values, moments as they are written."""
    values = [value.to_expr() for value in row.values]
    texts = [v.cast("string") if v.type().is_temporal() else v for v in values]
    return ibis.struct(dict(zip(row.names, texts, strict=True)))


def _uniform(text: ir.StringValue) -> ir.FloatingValue:
    digits = _left(_md5(text), BITS // 4)
    return _converted(digits, 16, 10).cast("float64") / float(2**BITS)


def _in_words(node: exp.Expr) -> exp.Expr:
    """Write a placeholder as Spark says it, a number as DOUBLE, a replacement as Java has it."""
    if isinstance(node, exp.Literal) and not node.is_string and "." in node.this:
        # Without an exponent it would be a DECIMAL, and a quotient of it cut off.
        exponent = "" if "e" in node.this.lower() else "E0"
        return exp.Literal.number(f"{node.this}{exponent}")
    if isinstance(node, exp.RegexpReplace) and isinstance(
        node.args.get("replacement"), exp.Literal
    ):
        written = node.args["replacement"]
        by = re.sub(r"\\(\d)", r"$\1", str(written.this).replace("$", r"\$"))
        node.set("replacement", exp.Literal.string(by))
    if isinstance(node, exp.Anonymous) and str(node.this).lower() in _WORDS:
        arguments = [argument.sql(dialect="databricks") for argument in node.expressions]
        return sqlglot.parse_one(_WORDS[str(node.this).lower()](*arguments), read="databricks")
    return node


def _nth(value: str, most: str) -> str:
    return (
        f"ELEMENT_AT(SORT_ARRAY(COLLECT_LIST({value})), CAST(LEAST({most}, COUNT({value})) AS INT))"
    )


def _histogram(column: str, edges: str) -> str:
    """Write (edge, how many lie from the edge before it up to it) of each edge, as pairs."""
    ends = edges.removeprefix("ARRAY(").removesuffix(")").split(", ")
    bins = []
    for before, end in pairwise((None, *ends)):
        inside = f"{column} <= {end}" + (f" AND {column} > {before}" if before else "")
        counted = f"CAST(COUNT_IF({inside}) AS DOUBLE)"
        bins.append(f"ARRAY(CAST({end} AS DOUBLE), {counted})")
    return f"ARRAY({', '.join(bins)})"


_WORDS: Mapping[str, Callable[..., str]] = {
    "segdb_nth_least": _nth,
    "segdb_bins": _histogram,
    "segdb_row": lambda row: f"TO_JSON({row}, MAP('ignoreNullFields', 'false'))",
    "segdb_instant": lambda text: f"TRY_CAST({text} AS TIMESTAMP_LTZ)",
    "segdb_at_utc": lambda moment: f"CAST({moment} AS TIMESTAMP_LTZ)",
    "segdb_later": lambda moment, seconds: f"({moment} + MAKE_DT_INTERVAL(0, 0, 0, {seconds}))",
}


@ibis.udf.agg.builtin(name="segdb_nth_least", signature=(("float64", "int64"), "float64"))
def _nth_least(_column, _most): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.agg.builtin(
    name="segdb_bins", signature=(("float64", "array<float64>"), "array<array<float64>>")
)
def _bins(_column, _edges): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="segdb_row", signature=((None,), "string"))
def _row_json(_row): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="segdb_instant", signature=(("string",), "timestamp('UTC', 6)"))
def _instant_cast(_text): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="md5", signature=(("string",), "string"))
def _md5(_text): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="left", signature=(("string", "int64"), "string"))
def _left(_text, _count): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="conv", signature=(("string", "int64", "int64"), "string"))
def _converted(_text, _base, _to): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="xxhash64", signature=((None,), "int64"))
def _hash(_value): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="array_size", signature=((None,), "int64"))
def _size(_values): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="array_distinct", signature=((None,), "array<int64>"))
def _distinct(_values): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


def _timezone(zone: ir.StringValue, moment: ir.TimestampValue) -> ir.TimestampValue:
    return in_zone(zone, moment) if moment.type().timezone else instant(zone, moment)


_FUNCTIONS: Mapping[str, Callable[..., ir.Value]] = {
    UNIFORM: _uniform,
    "hash": _hash,
    "list_unique": lambda values: _size(_distinct(values)),
    "histogram": _bins,
    "timezone": _timezone,
    "try_strptime": moment_by_formats,
    "make_timestamp": moment_of_micros,
    "strip_accents": lambda text: text.translate(*_FOLDED),
}

"""Transpile: a stage's expression as SQL of a dialect, or an error that names the stage.

The stages are written for DuckDB. What other engines lack is rewritten in the expression's tree,
so that the SQL of a run and of a live view stays as it is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot
from ibis.common.exceptions import IbisError
from sqlglot import exp

from segdb.errors import SettingsError
from segdb.exports import dialect_rewrites, tsql
from segdb.exports.dialects import Dialect
from segdb.sql import to_sql

# The largest double below 2**63, and about the largest whole numbers of the decimals.
_LARGEST = {
    dt.int64: 9223372036854774784.0,
    dt.Decimal(18, 4): 99999999999999.0,
    dt.Decimal(38, 12): 9.99e25,
}
_KINDS = (dt.Boolean, dt.Numeric)
# Functions that only DuckDB has, by the words for what they do.
_DUCKDB_ONLY = {
    "try_strptime": "dates read by a format",
    "timezone": "moments taken to a time zone",
    "make_timestamp": "dates read out of counts; give the column the type of a timestamp",
    "strip_accents": "months read by their names",
}

# SQLite's REGEXP is a function that the caller brings, and SQL Server has none before 2025.
_WITHOUT_PATTERNS = {"sqlite", "mssql"}
_PATTERN = re.compile(r"\bregexp(_\w+)?\b", re.IGNORECASE)
_TEXT = re.compile(r"'(?:[^']|'')*'")


class _Unable(Exception):  # noqa: N818 - it never leaves this module
    """What a dialect cannot express, in words."""


def to_dialect(stage: str, expression: ir.Table, dialect: Dialect, *, pretty: bool = True) -> str:
    """Return a stage's expression as one SELECT.

    Args:
        stage: its name, for the error.
        expression: the stage.
        dialect: of the SQL.
        pretty: as ``segdb.sql.to_sql`` has it.

    Raises:
        SettingsError: the dialect cannot express it.
    """
    if dialect.name == "duckdb":
        return to_sql(expression, pretty=pretty)
    try:
        rewritten = expression.op().replace(_rewriting(dialect)).to_expr()
        text = to_sql(rewritten, dialect.compiler, _tidying(dialect), pretty=pretty)
        if dialect.name in _WITHOUT_PATTERNS and _PATTERN.search(_TEXT.sub("''", text)):
            raise _Unable("it has no regular expressions")
        return text
    except (_Unable, IbisError, sqlglot.errors.SqlglotError) as error:
        why = str(error).splitlines()[0].rstrip(".")
        raise SettingsError(
            f"{dialect.name} cannot express the stage {stage}: {why}. Choose another dialect, "
            "or change what the settings ask for there."
        ) from None


def _rewriting(dialect: Dialect) -> Any:
    def rewrite(node: Any, changed: Mapping[str, Any] | None) -> Any:
        if isinstance(node, ops.Literal) and isinstance(node.value, float) and node.value > _MOST:
            return ops.Literal(_MOST, node.dtype)
        name = getattr(node, "__func_name__", "")
        if isinstance(node, ops.ScalarUDF) and name in _DUCKDB_ONLY:
            raise _Unable(f"it has no word for {_DUCKDB_ONLY[name]}")
        node = node if not changed else node.__recreate__(changed)
        if isinstance(node, ops.Cast) and node.arg.dtype.is_boolean() and node.to.is_numeric():
            return _counted(node)
        if isinstance(node, ops.TryCast):
            return _cast(node, dialect)
        return dialect_rewrites.rewritten(node, dialect)

    return rewrite


_MOST = sys.float_info.max


def _counted(node: ops.Cast) -> ops.Value:
    """Write a truth value as 1 or 0 without a cast, which PostgreSQL and SQL Server lack."""
    holds: ir.BooleanValue = node.arg.to_expr()
    one, zero = (ops.Literal(number, node.to).to_expr() for number in (1, 0))
    return ibis.cases((holds, one), (~holds, zero), else_=_null(node.to)).op()


def _cast(node: ops.TryCast, dialect: Dialect) -> ops.Value:
    """Write a cast that may fail as one that cannot: a check of the range before it."""
    value: ir.Value = node.arg.to_expr()
    kind, target = value.type(), node.to
    most = _LARGEST.get(target)
    if kind == target:
        return value.op()
    if target.is_decimal() and dialect.name == "bigquery":
        # Its NUMERIC has one size, which Ibis 11 insists on.
        decimals = min(target.scale or 9, 9)
        target = dt.Decimal(38, 9)
        if not kind.is_decimal() or (kind.scale or 9) > decimals:
            value = value.cast("float64").round(decimals)
    if kind.is_unknown() or (isinstance(kind, _KINDS) and target.is_floating()):
        return value.cast(target).op()
    if isinstance(kind, _KINDS) and most is not None:
        if kind.is_integer() and target == dt.int64:
            return value.cast(target).op()
        exact = value
        if dialect.name == "clickhouse" and target.is_decimal() and kind.is_floating():
            # It would cut off the digits beyond the scale; a text keeps them as they are read.
            exact = value.round(target.scale or 4).cast("string")
        return value.between(-most, most).ifelse(exact.cast(target), _null(target)).op()
    if kind.is_temporal() and target.is_timestamp():
        return value.cast(target).op()
    if not dialect.try_cast:
        raise _Unable(
            f"a cast of {kind} to {target} would fail on the first value that is none; give the "
            "column that type"
        )
    return node


def _null(kind: dt.DataType) -> ir.Value:
    return ops.Literal(None, kind).to_expr()


def _tidying(dialect: Dialect) -> Callable[[exp.Expr], exp.Expr] | None:
    if dialect.filters and dialect.nested and not dialect_rewrites.has_words(dialect):
        return None
    return partial(_tidied, dialect=dialect)


def _tidied(tree: exp.Expr, dialect: Dialect) -> exp.Expr:
    if not dialect.filters:
        tree = tree.transform(_by_case)
    if not dialect.nested:
        tree = tsql.fitted(tree)
    return dialect_rewrites.rewrite_ast(tree, dialect)


def _by_case(node: exp.Expr) -> exp.Expr:
    """Write FILTER (WHERE c) of the user's aggregates as CASE WHEN c in what is aggregated."""
    if not isinstance(node, exp.Filter):
        return node
    condition: exp.Expr = node.expression.this
    aggregate: exp.Expr = node.this.copy()
    inner = aggregate.this
    if isinstance(inner, exp.Distinct):
        counted = [_when(condition, part) for part in inner.expressions]
        inner.set("expressions", counted)
    elif isinstance(inner, exp.Star) or inner is None:
        aggregate.set("this", _when(condition, exp.Literal.number(1)))
    elif isinstance(aggregate, exp.WithinGroup):
        raise _Unable("it has no FILTER for an ordered aggregate")
    else:
        aggregate.set("this", _when(condition, inner))
    return aggregate


def _when(condition: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=condition.copy(), true=value.copy())])

"""Dialect rewrites: what some engines write in a way of their own, unlike the SQL of Ibis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from sqlglot import exp

from segdb.exports.dialects import Dialect

Node = exp.Expr
# What ClickHouse's DateTime64 reaches.
_CLICKHOUSE = (datetime(1900, 1, 1), datetime(2299, 12, 31))


def rewritten(node: Any, dialect: Dialect) -> Any:
    """Return a node of an expression as the engine understands it; most stay as they are."""
    name = dialect.compiler
    match node:
        case ops.Cast(arg=ops.TimestampNow()) if name in _NOW:
            return _NOW[name]().op()
        case ops.Literal(value=datetime()) if name != "sqlite":
            return _moment(node, name)
        case ops.TimestampAdd() if name == "sqlite":
            return _later(node)
        case ops.ExtractEpochSeconds() if name == "bigquery":
            return _unix_seconds(_timestamp(node.arg.to_expr())).op()
        case ops.CountDistinct() if name == "clickhouse":
            return _exactly(node)
        case ops.Divide() if name == "snowflake" and not node.left.dtype.is_floating():
            return ops.Divide(node.left.to_expr().cast("float64"), node.right)
        case ops.WindowFunction() if name == "bigquery" and node.order_by:
            return _nulls_last(node)
        case _:
            return node


def rewrite_ast(tree: Node, dialect: Dialect) -> Node:
    """Return a SELECT in the engine's own words, by its syntax tree."""
    said = _WORDS.get(dialect.compiler)
    return tree.transform(said) if said else tree


def has_words(dialect: Dialect) -> bool:
    """Whether ``rewrite_ast`` may change a SELECT of the dialect."""
    return dialect.compiler in _WORDS


def _moment(node: ops.Literal, name: str) -> ops.Value:
    """Write a moment as a text that is cast, which every engine takes."""
    moment: datetime = node.value
    if name == "clickhouse":
        moment = min(max(moment, _CLICKHOUSE[0]), _CLICKHOUSE[1])
    text = moment.isoformat(sep=" ")
    return ops.Cast(ops.Literal(text, "string"), node.dtype)


def _later(node: ops.TimestampAdd) -> ops.Value:
    """Moments are text in SQLite, and intervals modifiers of a function; Ibis wants a new one."""
    span: ir.StringValue | str
    if isinstance(node.right, ops.Literal):
        span = f"+{node.right.value} {node.right.dtype.unit.plural}"
    else:
        number = node.right.arg.to_expr().cast("string")
        span = ibis.literal("+").concat(number, f" {node.right.unit.plural}")
    return _strftime("%Y-%m-%d %H:%M:%f", node.left.to_expr(), span).op()


def _exactly(node: ops.CountDistinct) -> ops.Value:
    """Ibis counts with ClickHouse's uniq, which estimates."""
    if node.where is None:
        return _uniq_exact(node.arg.to_expr()).op()
    return _uniq_exact_if(node.arg.to_expr(), node.where.to_expr()).op()


def _nulls_last(node: ops.WindowFunction) -> ops.Value:
    """BigQuery puts NULL first in a window, and does not let that be changed."""
    keys: list[ops.SortKey] = []
    for key in node.order_by:
        keys += [ops.SortKey(ops.IsNull(key.args[0])), key]
    return node.copy(order_by=tuple(keys))


def _bigquery(node: Node) -> Node:
    """TIMESTAMP_ADD takes no DATETIME, which is what moments without a zone are."""
    if isinstance(node, exp.TimestampAdd):
        number = node.expression
        if isinstance(number, exp.Literal):
            number = exp.Literal.number(str(number.this))
        return exp.DatetimeAdd(this=node.this, expression=number, unit=node.unit)
    return node


def _databricks(node: Node) -> Node:
    """Spark's TIMESTAMP has one precision, and takes no other."""
    if isinstance(node, exp.DataType) and node.this.name.startswith("TIMESTAMP"):
        node.set("expressions", None)
    return node


def _snowflake(node: Node) -> Node:
    """TIMESTAMP is what the account's settings say; a quotient of two counts is rounded."""
    if isinstance(node, exp.DataType) and node.is_type(exp.DataType.Type.TIMESTAMP):
        node.set("this", exp.DataType.Type.TIMESTAMPNTZ)
    if isinstance(node, exp.CurrentTimestamp):
        return exp.Anonymous(this="SYSDATE")  # in UTC, whatever the session's zone
    if isinstance(node, exp.Div) and node.this.find(exp.AggFunc):
        node.set("this", exp.cast(node.this, "double"))
    return node


def _mssql(node: Node) -> Node:
    """VARCHAR and plain literals lose what the code page lacks; DATEDIFF ends in 2038."""
    if isinstance(node, exp.DataType) and node.is_type(exp.DataType.Type.VARCHAR):
        node.set("this", exp.DataType.Type.NVARCHAR)
    if isinstance(node, exp.Literal) and node.is_string and not str(node.this).isascii():
        return exp.National(this=node.this)
    if isinstance(node, exp.DateDiff):
        return exp.Anonymous(
            this="DATEDIFF_BIG", expressions=[exp.var("SECOND"), node.expression, node.this]
        )
    return node


_WORDS: Mapping[str, Callable[[Node], Node]] = {
    "bigquery": _bigquery,
    "databricks": _databricks,
    "snowflake": _snowflake,
    "mssql": _mssql,
}


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp"), "timestamp(6)"))
def _timezone(_zone, _moment): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="at_timezone", signature=(("timestamp", "string"), "timestamp"))
def _at_timezone(_moment, _zone): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(
    name="strftime", signature=(("string", "timestamp(6)", "string"), "timestamp(6)")
)
def _strftime(_form, _moment, _later): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="CURRENT_DATETIME", signature=((), "timestamp(6)"))
def _current_datetime(): ...  # type: ignore[no-untyped-def]  # noqa: ANN202


@ibis.udf.scalar.builtin(name="SYSUTCDATETIME", signature=((), "timestamp(6)"))
def _sysutcdatetime(): ...  # type: ignore[no-untyped-def]  # noqa: ANN202


@ibis.udf.scalar.builtin(name="TIMESTAMP", signature=((None,), "timestamp"))
def _timestamp(_moment): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="UNIX_SECONDS", signature=((None,), "int64"))
def _unix_seconds(_moment): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.agg.builtin(name="uniqExact", signature=((None,), "int64"))
def _uniq_exact(_value): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.agg.builtin(name="uniqExactIf", signature=((None, "boolean"), "int64"))
def _uniq_exact_if(_value, _where): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


# "Now" in UTC and without a zone; where there is none, Ibis' own does.
_NOW: Mapping[str, Callable[[], ir.Value]] = {
    "postgres": lambda: _timezone("UTC", ibis.now()),
    "bigquery": _current_datetime,
    "trino": lambda: _at_timezone(ibis.now(), "UTC").cast("timestamp(6)"),
    "mssql": _sysutcdatetime,
}

"""Ibis expressions to SQL text.

Ibis compiles, the engine's own driver executes: the newest releases of DuckDB, Ibis and sqlglot
disagree in Ibis' execution API, and agree in this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot
from sqlglot import exp

from segdb.expressions.engine_functions import for_duckdb
from segdb.user_sql import spliced


def to_sql(
    expression: ir.Expr,
    dialect: str = "duckdb",
    tidied: Callable[[exp.Expr], exp.Expr] | None = None,
    *,
    pretty: bool = True,
) -> str:
    """Compile an Ibis expression to one SELECT of that dialect.

    Args:
        expression: what is compiled.
        dialect: as Ibis and sqlglot call it.
        tidied: a last change of the syntax tree, the user's own SQL already in it.
        pretty: laid out for a reader, with no more SELECTs than it needs, which takes as long
            again; engines merge them themselves.
    """
    text = _compiled(expression.op(), dialect, pretty)
    tree = spliced(text, dialect)
    if tree is None and tidied is None:
        return text
    tree = tree or sqlglot.parse_one(text, read=dialect)
    tree = tidied(tree) if tidied else tree
    # sqlglot would warn of what it leaves out for the dialect, such as ANY_VALUE's IGNORE NULLS.
    return tree.sql(dialect=dialect, pretty=pretty, unsupported_level=sqlglot.ErrorLevel.IGNORE)


# On few customers, compiling takes a third of a run. A second run of the same source in the same
# process compiles most of its expressions again.
@lru_cache(maxsize=512)
def _compiled(node: ops.Node, dialect: str, pretty: bool) -> str:
    # A change passes over all of an expression, and few have what it is for.
    if dialect == "duckdb" and node.find(_CHANGED):
        node = node.replace(_for_duckdb)
    with _fusing(pretty):
        return str(ibis.to_sql(node.to_expr(), dialect=dialect, pretty=pretty))


@contextmanager
def _fusing(fuse: bool) -> Iterator[None]:
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = fuse
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before


# What ``_for_duckdb`` writes in another way than Ibis does.
_CHANGED = (ops.TimestampNow, ops.Strip, ops.ScalarUDF)


def _for_duckdb(node: Any, changed: Mapping[str, Any] | None) -> Any:
    node = for_duckdb(node.__recreate__(changed) if changed else node)
    if isinstance(node, ops.Cast) and isinstance(node.arg, ops.TimestampNow):
        # As the run reads its clock: a cast would take "now" to the session's zone.
        return _in_zone("UTC", _now()).op()
    if isinstance(node, ops.Strip):
        # TRIM of given characters takes four times longer than to see that there are none: the
        # first printable one is "!".
        text = node.arg.to_expr()
        return ibis.ifelse((text < "!") | (text.right(1) < "!"), node.to_expr(), text).op()
    return node


@ibis.udf.scalar.builtin(name="now", signature=((), "timestamp('UTC', 6)"))
def _now(): ...  # type: ignore[no-untyped-def]  # noqa: ANN202


@ibis.udf.scalar.builtin(
    name="timezone", signature=(("string", "timestamp('UTC', 6)"), "timestamp(6)")
)
def _in_zone(_zone, _moment): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

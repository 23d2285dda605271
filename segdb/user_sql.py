"""The user's own SQL: one expression, parsed, and spliced into what Ibis compiles.

An expression that Ibis knows nothing of stands in its place until it is compiled: a function
with the user's text in its name, and the values of the columns for arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import sqlglot
from sqlglot import exp

from segdb.errors import SettingsError
from segdb.expressions.engine_functions import function_of

_PLACEHOLDER = "segdb_user_sql"
# Frames of Python's stack that are left over where a text is parsed first: it is parsed again in
# the middle of a statement, deeper in the program.
_RESERVE = 400
# Aggregates of DuckDB that sqlglot takes for ordinary functions.
_AGGREGATES = {"entropy", "favg", "fsum", "kahan_sum", "kurtosis_pop", "mad", "mean", "product"}
_AGGREGATES |= {"sem", "sumkahan"}
_REFUSED = {
    "a subquery": (exp.Query,),
    "a window function": (exp.Window,),
    "unnest": (exp.Explode, exp.Unnest),
    "* outside of count(*)": (exp.Columns, exp.Star),
    "a parameter": (exp.Placeholder, exp.Parameter),
    # A row must be validated in the same way each time a view is read.
    "a random number": (exp.Rand, exp.Uuid),
}
# What stands around an aggregate and belongs to it.
_AROUND = (exp.Filter, exp.WithinGroup)


@dataclass(frozen=True)
class UserSQL:
    """An expression that a user wrote in DuckDB's SQL, parsed.

    Attributes:
        name: what the settings call it, for messages.
        text: the SQL as it was written.
        columns: the source's columns it reads, as written, in order of first use.
    """

    name: str
    text: str
    columns: tuple[str, ...]

    @classmethod
    def parse(cls, name: str, text: str, where: str, *, aggregate: bool) -> UserSQL:
        """Parse one scalar predicate, or one aggregate expression.

        Raises:
            SettingsError: it does not parse; holds a statement, subquery, window, random number,
                unnest, parameter, or star outside of ``count(*)``; or reads a column outside of
                an aggregate where one is asked for. Or it is nested too deep.
        """
        place = f"[{where}] {name}"
        try:
            tree = _parsed_below(_RESERVE, text, place)
            _refuse_more_than_expression(tree, place, text)
            _check_aggregates(tree, place, text, aggregate=aggregate)
            return cls(name, text, _columns(tree))
        except RecursionError:
            shown = f"{text[:40]} …"
            raise SettingsError(
                f"{place} = {shown!r} is nested too deep to be read. Take out brackets, or write "
                "it as several expressions."
            ) from None

    @property
    def sql(self) -> str:
        """The expression as it is run, in DuckDB's SQL."""
        return _parsed(self.text, self.name).sql(dialect="duckdb")

    def over(self, values: Sequence[ir.Value]) -> ir.BooleanValue:
        """Return it as an Ibis predicate, with a value for each of ``columns``."""
        key = _encoded(self.text)
        function = function_of(ibis.udf.scalar.builtin, key, len(values), "boolean")
        return function(*values)

    def aggregated(self, kept: ir.BooleanValue, values: Sequence[ir.Value]) -> ir.FloatingScalar:
        """Return it as an Ibis aggregate over the rows where ``kept`` holds."""
        key = _encoded(self.text)
        function = function_of(ibis.udf.agg.builtin, key, len(values) + 1, "float64")
        return function(kept, *values)


def spliced(sql: str, dialect: str) -> exp.Expr | None:
    """Return the syntax tree of SQL that Ibis compiled, the user's own in its place.

    Args:
        sql: one SELECT.
        dialect: of it.

    Returns:
        None where there is nothing of the user's.
    """
    if _PLACEHOLDER not in sql.lower():
        return None
    return sqlglot.parse_one(sql, read=dialect).transform(_spliced)


def _parsed(text: str, where: str) -> exp.Expr:
    if not text.strip():
        raise SettingsError(f"{where} is empty; it takes one SQL expression.")
    try:
        trees = sqlglot.parse(f"SELECT {text}", read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        # What sqlglot says of its own classes helps nobody.
        first = re.sub(r"^.* missing for <class .*?>\.?", "it ends too early.", str(error))
        raise SettingsError(f"{where} = {text!r} is not SQL: {first.splitlines()[0]}") from None
    select = trees[0] if len(trees) == 1 else None
    if (
        not isinstance(select, exp.Select)
        or len(select.expressions) != 1
        or any(value for key, value in select.args.items() if key != "expressions")
    ):
        raise SettingsError(
            f"{where} = {text!r}: it takes one SQL expression, and nothing after it."
        )
    tree: exp.Expr = select.expressions[0]
    if isinstance(tree, exp.Alias):
        raise SettingsError(f"{where} = {text!r}: the key is its name; leave out the AS.")
    return tree


def _parsed_below(frames: int, text: str, where: str) -> exp.Expr:
    """Parse a text with so many frames less of Python's stack, and write it once."""
    if frames:
        return _parsed_below(frames - 1, text, where)
    tree = _parsed(text, where)
    tree.copy().transform(lambda node: node).sql(dialect="duckdb")
    return tree


def _columns(tree: exp.Expr) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column.name for column in tree.find_all(exp.Column, bfs=False)))


def _refuse_more_than_expression(tree: exp.Expr, where: str, text: str) -> None:
    for word, kinds in _REFUSED.items():
        for part in tree.find_all(*kinds):
            if not isinstance(part.parent, exp.Count):
                raise SettingsError(f"{where} = {text!r}: {word} is not allowed here.")


def _is_aggregate(node: exp.Expr) -> bool:
    named = isinstance(node, exp.Anonymous) and str(node.this).lower() in _AGGREGATES
    return named or isinstance(node, exp.AggFunc)


def _inside(node: exp.Expr, kind: Callable[[exp.Expr], bool]) -> bool:
    above = node.parent
    while above is not None and not kind(above):
        above = above.parent
    return above is not None


def _check_aggregates(tree: exp.Expr, where: str, text: str, *, aggregate: bool) -> None:
    aggregates = [node for node in tree.walk() if _is_aggregate(node)]
    if not aggregate:
        if aggregates:
            raise SettingsError(f"{where} = {text!r}: a predicate looks at one row, not at many.")
        return
    if not aggregates:
        raise SettingsError(
            f"{where} = {text!r}: it takes an aggregate over a customer's orders, such as "
            "avg(amount) or count(DISTINCT product)."
        )
    if any(_inside(inner, _is_aggregate) for inner in aggregates):
        raise SettingsError(f"{where} = {text!r}: an aggregate of an aggregate is not allowed.")
    for column in tree.find_all(exp.Column):
        if not _inside(column, _is_aggregate) and not column.find_ancestor(*_AROUND):
            raise SettingsError(
                f"{where} = {text!r}: the column {column.name} stands outside of an aggregate."
            )


def _encoded(text: str) -> str:
    return f"{_PLACEHOLDER}_{text.encode().hex()}"


def _spliced(node: exp.Expr) -> exp.Expr:
    if not isinstance(node, exp.Anonymous):
        return node
    called = str(node.this).lower()
    if not called.startswith(_PLACEHOLDER):
        return node
    text = bytes.fromhex(called.removeprefix(_PLACEHOLDER + "_")).decode()
    tree = _parsed(text, "SQL")
    columns = _columns(tree)
    given = list(node.expressions)
    kept = given.pop(0) if any(_is_aggregate(part) for part in tree.walk()) else None
    values = dict(zip(columns, given, strict=True))
    tree = tree.transform(
        lambda part: _operand(values[part.name]) if isinstance(part, exp.Column) else part
    )
    if kept is None:
        return exp.paren(tree)
    # Counts, decimals and truth values would otherwise be published as what they are.
    return exp.cast(tree.transform(lambda part: _filtered(part, kept)), "double")


def _operand(value: exp.Expr) -> exp.Expr:
    return value.copy() if isinstance(value, exp.Column) else exp.paren(value.copy())


def _filtered(node: exp.Expr, kept: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Filter):
        condition = exp.and_(kept.copy(), node.expression.this.copy())
        return exp.Filter(this=node.this.copy(), expression=exp.Where(this=condition))
    if not _is_aggregate(node) and not isinstance(node, exp.WithinGroup):
        return node
    return exp.Filter(this=node.copy(), expression=exp.Where(this=kept.copy()))

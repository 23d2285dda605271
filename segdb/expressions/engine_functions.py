"""Engine functions: the few things that each engine says in a way of its own.

An expression holds a placeholder, which the compiler of the engine replaces. DuckDB's words stand
here, since its SQL is what stages are written in; another engine's stand in its own folder.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import ibis
import ibis.expr.types as ir

# Of 13 hexadecimal digits: as many as a double holds exactly.
BITS = 52
UNIFORM = "segdb_uniform"


def uniform_of_text(text: ir.StringValue) -> ir.FloatingValue:
    """Return a number in [0, 1) that depends on the text alone: the leading bits of its MD5."""
    return _uniform_of_text(text)


@cache
def function_of(
    builtin: Callable[..., Callable[..., ir.Value]], name: str, arguments: int, returns: Any
) -> Callable[..., ir.Value]:
    """Return a function of the database with so many arguments of any type.

    Args:
        builtin: whether it is a scalar or an aggregate function.
        name: of the function.
        arguments: how many it takes.
        returns: the type of its value.
    """

    def stand_in(*_: object) -> None: ...

    names = [f"a{position}" for position in range(arguments)]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    stand_in.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(argument, kind) for argument in names]
    )
    return builtin(stand_in, name=name, signature=((None,) * arguments, returns))


def for_duckdb(node: Any) -> Any:
    """Return a node of an expression with a placeholder replaced by what DuckDB says."""
    words = _DUCKDB.get(getattr(node, "__func_name__", ""))
    return words(*(argument.to_expr() for argument in node.args)).op() if words else node


def _uniform(text: ir.StringValue) -> ir.FloatingValue:
    digits = ibis.literal("0x").concat(_left(_md5(text), BITS // 4))
    return digits.cast("int64").cast("float64") / float(2**BITS)


@ibis.udf.scalar.builtin(name=UNIFORM, signature=(("string",), "float64"))
def _uniform_of_text(_text): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="md5", signature=(("string",), "string"))
def _md5(_text): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


@ibis.udf.scalar.builtin(name="left", signature=(("string", "int64"), "string"))
def _left(_text, _count): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202


_DUCKDB: Mapping[str, Callable[..., ir.Value]] = {UNIFORM: _uniform}

"""SQL Server: a truth value is no value there, and a CTE has none of its own."""

from __future__ import annotations

from sqlglot import exp

_TRUE = exp.Literal.number(1)
_FALSE = exp.Literal.number(0)


def fitted(tree: exp.Expr) -> exp.Expr:
    """Write what T-SQL refuses in another way; the meaning stays.

    Args:
        tree: one SELECT in T-SQL.
    """
    return _inlined(tree).transform(_truth)


def _truth(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Coalesce) and _is_predicate(node.this):
        # As a predicate; where it is selected, the parent makes it a number again.
        return exp.paren(exp.EQ(this=_as_number(node.this), expression=_TRUE.copy()))
    if isinstance(node, exp.Select):
        for projection in list(node.expressions):
            value = projection.unalias()
            if _is_predicate(value) or _is_false_coalesce(value):
                value.replace(_as_number(value))
    return node


def _is_predicate(node: exp.Expr) -> bool:
    kinds = (exp.Predicate, exp.And, exp.Or, exp.Not, exp.Paren)
    return isinstance(node.unnest(), kinds) and not isinstance(node.unnest(), exp.SubqueryPredicate)


def _is_false_coalesce(node: exp.Expr) -> bool:
    return isinstance(node, exp.Coalesce) and _is_predicate(node.this)


def _as_number(predicate: exp.Expr) -> exp.Expr:
    return exp.If(this=predicate.copy(), true=_TRUE.copy(), false=_FALSE.copy())


def _inlined(tree: exp.Expr) -> exp.Expr:
    """Put each CTE where it is read."""
    parts = {cte.alias: cte.this for cte in getattr(tree, "ctes", [])}
    if not parts:
        return tree
    bare = tree.copy()
    for key in ("with", "with_"):
        if bare.args.get(key):
            bare.set(key, None)

    def inline(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Table) and node.name in parts and not node.db:
            body = parts[node.name].copy().transform(inline)
            return exp.Subquery(
                this=body,
                alias=exp.TableAlias(this=exp.to_identifier(node.alias or node.name, quoted=True)),
            )
        return node

    return bare.transform(inline)

"""A segment's rule in words, for those who do not read SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sqlglot
from sqlglot import exp

from segdb.charts.labels import Look
from segdb.report.formatting import Forms

# Feature, whether it is an upper bound, the bound, and whether those without the feature pass.
_Bound = tuple[str, bool, float, bool]


def in_words(
    rule: str, look: Look, forms: Forms, flags: Collection[str]
) -> tuple[tuple[str, ...], ...]:
    """Return a rule's alternatives, each as its conditions in words.

    Nothing where the rule is not what segdb writes: alternatives of bounds on features.

    Args:
        rule: a predicate over ``customer_features``.
        look: names and units of the features.
        forms: how values are written.
        flags: features that are 0 or 1.
    """
    try:
        tree = sqlglot.parse_one(rule, read="duckdb")
    except sqlglot.errors.SqlglotError:
        return ()
    clauses = []
    for part in _parts(tree, exp.Or):
        bounds = [_bounds(condition) for condition in _parts(part, exp.And)]
        known = [bound for one in bounds if one for bound in one]
        if not all(bounds):
            return ()
        features = dict.fromkeys(feature for feature, *_ in known)
        clauses.append(
            tuple(
                _in_words(name, [bound for bound in known if bound[0] == name], look, forms, flags)
                for name in features
            )
        )
    return tuple(clauses)


def _parts(tree: exp.Expr, kind: type[exp.Connector]) -> Iterator[exp.Expr]:
    tree = tree.unnest()
    if isinstance(tree, kind) and not _may_be_missing(tree):
        yield from _parts(tree.left, kind)
        yield from _parts(tree.right, kind)
    else:
        yield tree


def _may_be_missing(tree: exp.Expr) -> bool:
    """Say whether it is ``feature IS NULL OR`` bounds on that feature."""
    return isinstance(tree, exp.Or) and isinstance(tree.left, exp.Is)


def _bounds(condition: exp.Expr) -> list[_Bound]:
    """Return the bounds of a condition; none where it is no condition that segdb writes."""
    if not isinstance(condition, exp.Or):
        bound = _bound(condition, passes=False)
        return [] if bound is None else [bound]
    bounds = [_bound(one, passes=True) for one in _parts(condition.right, exp.And)]
    known = [bound for bound in bounds if bound is not None]
    names = {name for name, *_ in known}
    if len(known) < len(bounds) or {c.name for c in condition.left.find_all(exp.Column)} != names:
        return []
    return known


def _bound(condition: exp.Expr, *, passes: bool) -> _Bound | None:
    if not isinstance(condition, exp.GT | exp.LTE | exp.EQ):
        return None
    value, limit = condition.left, _number(condition.right)
    if not isinstance(value, exp.Column) or limit is None:
        return None
    if isinstance(condition, exp.EQ):
        # Of a feature that is 0 or 1.
        return value.name, limit < 0.5, 0.5, passes
    return value.name, isinstance(condition, exp.LTE), limit, passes


def _number(value: exp.Expr) -> float | None:
    try:
        return float(value.sql())
    except ValueError:
        return None


def _in_words(
    feature: str, bounds: list[_Bound], look: Look, forms: Forms, flags: Collection[str]
) -> str:
    unit = look.units.get(feature, "")
    name = look.name(feature)
    if feature in flags:
        return f"{name}: {'no' if bounds[0][1] else 'yes'}"
    words = [
        f"{'at most' if upper else 'over'} {forms.measure(limit, unit)}"
        for _, upper, limit, _ in sorted(bounds, key=lambda bound: bound[1])
    ]
    unknown = " or not known" if all(passes for *_, passes in bounds) else ""
    return f"{name} {', '.join(words)}{unknown}"

"""Decision rules: a few conditions that find a segment, from a shallow decision tree."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from sklearn.tree import DecisionTreeClassifier

from segdb.cluster.matrix import Floats, Matrix
from segdb.cluster.simplify_rules import Condition, Rule, merged, pruned
from segdb.cluster.threads import in_threads

DEPTH = 3
# A leaf of fewer rows is a rule about single customers.
_LEAF_SHARE = 0.005
# What leaving out conditions, and then rounding thresholds, may cost, in F1.
_PRUNING = 0.01
_ROUNDING = 0.005

Flags = npt.NDArray[np.bool_]


def find(matrix: Matrix, label: str, clusters: int) -> list[Rule | None]:
    """Return a rule for each cluster, or None where it has no row or no rule is better than none.

    A decision tree (CART, Breiman et al. 1984) of depth 3 is grown for each cluster against the
    rest, weighted so that both count alike; of its leaves those are taken that give the best F1.
    They are then made shorter, and their thresholds rounder, where that costs next to nothing.

    Args:
        matrix: features in natural units, and the column ``label``, the place of the cluster.
        label: that column.
        clusters: how many there are.
    """
    place = matrix.features.index(label)
    labels = matrix.values[:, place]
    values = np.delete(matrix.values, place, axis=1)
    names = [name for name in matrix.features if name != label]

    def one(cluster: int) -> Rule | None:
        return _rule(values, labels == cluster, matrix.weights, names)

    return in_threads(one, range(clusters))


def matches(rule: Rule, values: Floats, names: Sequence[str]) -> Flags:
    """Return (n,) flags: which rows of (n, d) values the rule finds."""
    selected = np.zeros(len(values), dtype=bool)
    for conjunction in rule.conditions:
        inside = np.ones(len(values), dtype=bool)
        for condition in conjunction:
            column = values[:, list(names).index(condition.feature)]
            below = column <= condition.threshold
            inside &= below if condition.operator == "<=" else ~below
        selected |= inside
    return selected


def _rule(values: Floats, own: Flags, weights: Floats, names: Sequence[str]) -> Rule | None:
    if not own.any() or own.all():
        return None
    least = max(1, math.ceil(_LEAF_SHARE * len(values)))
    balanced = weights * np.where(own, weights[~own].sum(), weights[own].sum())
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=least, random_state=0)
    tree.fit(values, own, sample_weight=balanced)
    leaves = _leaves(tree, names)
    at = tree.apply(values)

    def gain(leaf: int) -> float:
        return float((weights * own)[at == leaf].sum() / weights[at == leaf].sum())

    ranked = sorted(leaves, key=lambda leaf: (-gain(leaf), leaf))
    best: Rule | None = None
    score = 0.0
    for count in range(1, len(ranked)):
        rule = Rule(tuple(leaves[leaf] for leaf in ranked[:count]))
        reached = _f1(matches(rule, values, names), own, weights)
        if reached > score + 1e-12:
            best, score = rule, reached
    if best is None:
        return None

    def reached_by(rule: Rule) -> float:
        return _f1(matches(rule, values, names), own, weights)

    return _rounded(pruned(merged(best), reached_by, _PRUNING), reached_by)


def _f1(selected: Flags, own: Flags, weights: Floats) -> float:
    both = float(weights[selected & own].sum())
    return 2 * both / float(weights[selected].sum() + weights[own].sum())


def _leaves(tree: DecisionTreeClassifier, names: Sequence[str]) -> dict[int, tuple[Condition, ...]]:
    """Return each leaf's conditions, with bounds on the same feature merged."""
    inner = tree.tree_
    leaves: dict[int, tuple[Condition, ...]] = {}

    def walk(node: int, bounds: dict[tuple[str, Literal["<=", ">"]], float]) -> None:
        if inner.children_left[node] == inner.children_right[node]:
            leaves[node] = tuple(Condition(n, o, t) for (n, o), t in bounds.items())
            return
        name, threshold = names[inner.feature[node]], float(inner.threshold[node])
        # The bound of a deeper node is the tighter one.
        walk(inner.children_left[node], {**bounds, (name, "<="): threshold})
        walk(inner.children_right[node], {**bounds, (name, ">"): threshold})

    walk(0, {})
    return leaves


def _rounded(rule: Rule, score: Callable[[Rule], float]) -> Rule:
    """Round each threshold to the fewest digits that cost next to nothing."""
    least = score(rule) - _ROUNDING
    for i, conjunction in enumerate(rule.conditions):
        for j, condition in enumerate(conjunction):
            for digits in range(1, 7):
                rounded = _significant(condition.threshold, digits)
                candidate = _with(
                    rule, i, j, Condition(condition.feature, condition.operator, rounded)
                )
                if score(candidate) >= least:
                    rule = candidate
                    break
    # Rounding may have closed a conjunction, or made two of them touch.
    return merged(rule)


def _with(rule: Rule, i: int, j: int, condition: Condition) -> Rule:
    conjunction = rule.conditions[i]
    changed = (*conjunction[:j], condition, *conjunction[j + 1 :])
    return Rule((*rule.conditions[:i], changed, *rule.conditions[i + 1 :]))


def _significant(value: float, digits: int) -> float:
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))

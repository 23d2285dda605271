"""Decision rules: a few conditions that find a segment, from a shallow decision tree."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from segdb.cluster.libraries import DecisionTreeClassifier
from segdb.cluster.matrix import Floats, Matrix
from segdb.cluster.simplify_rules import EVERYTHING, Box, Boxes, bounds, merged, pruned, with_bound
from segdb.cluster.threads import in_threads

DEPTH = 3
# A leaf of fewer rows is a rule about single customers.
_LEAF_SHARE = 0.005
# What leaving out conditions, and then rounding thresholds, may cost, in F1.
_PRUNING = 0.01
_ROUNDING = 0.005

Flags = npt.NDArray[np.bool_]


def find(matrix: Matrix, label: str, clusters: int) -> list[Boxes | None]:
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

    def one(cluster: int) -> Boxes | None:
        return _rule(values, labels == cluster, matrix.weights, names)

    return in_threads(one, range(clusters))


def matches(boxes: Boxes, values: Floats, names: Sequence[str]) -> Flags:
    """Return (n,) flags: which rows of (n, d) values lie in any of the boxes."""
    selected = np.zeros(len(values), dtype=bool)
    for box in boxes:
        inside = np.ones(len(values), dtype=bool)
        for feature, (low, high) in box.items():
            column = values[:, list(names).index(feature)]
            inside &= (column > low) & (column <= high)
        selected |= inside
    return selected


def _rule(values: Floats, own: Flags, weights: Floats, names: Sequence[str]) -> Boxes | None:
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
    best: Boxes | None = None
    score = 0.0
    for count in range(1, len(ranked)):
        rule = tuple(leaves[leaf] for leaf in ranked[:count])
        reached = _f1(matches(rule, values, names), own, weights)
        if reached > score + 1e-12:
            best, score = rule, reached
    if best is None:
        return None

    def reached_by(rule: Boxes) -> float:
        return _f1(matches(rule, values, names), own, weights)

    return _rounded(pruned(merged(best), reached_by, _PRUNING), reached_by)


def _f1(selected: Flags, own: Flags, weights: Floats) -> float:
    both = float(weights[selected & own].sum())
    return 2 * both / float(weights[selected].sum() + weights[own].sum())


def _leaves(tree: DecisionTreeClassifier, names: Sequence[str]) -> dict[int, Box]:
    """Return the box of each leaf."""
    inner = tree.tree_
    leaves: dict[int, Box] = {}

    def walk(node: int, box: Box) -> None:
        if inner.children_left[node] == inner.children_right[node]:
            leaves[node] = box
            return
        name, threshold = names[inner.feature[node]], float(inner.threshold[node])
        # The bound of a deeper node is the tighter one.
        low, high = box.get(name, EVERYTHING)
        walk(inner.children_left[node], {**box, name: (low, threshold)})
        walk(inner.children_right[node], {**box, name: (threshold, high)})

    walk(0, {})
    return leaves


def _rounded(rule: Boxes, score: Callable[[Boxes], float]) -> Boxes:
    """Round each threshold to the fewest digits that cost next to nothing."""
    least = score(rule) - _ROUNDING
    for place, box in enumerate(rule):
        for feature, side, limit in bounds(box):
            for digits in range(1, 7):
                candidate = with_bound(rule, place, feature, side, _significant(limit, digits))
                if score(candidate) >= least:
                    rule = candidate
                    break
    # Rounding may have closed a box, or made two of them touch.
    return merged(rule)


def _significant(value: float, digits: int) -> float:
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))

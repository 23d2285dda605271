"""Simplify rules: the same rule in fewer words, or one that is shorter and nearly as good."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Condition:
    """One bound on one feature, in natural units."""

    feature: str
    operator: Literal["<=", ">"]
    threshold: float

    def holds(self, value: float) -> bool:
        """Say whether a value is within it."""
        return value <= self.threshold if self.operator == "<=" else value > self.threshold


@dataclass(frozen=True)
class Rule:
    """A disjunction of conjunctions of conditions."""

    conditions: tuple[tuple[Condition, ...], ...]


# Of each feature, above what and up to what.
_Box = Mapping[str, tuple[float, float]]
_EVERYTHING = (-math.inf, math.inf)


def merged(rule: Rule) -> Rule:
    """Return a rule that finds the same with as few conjunctions as joining pairs gives.

    Two boxes that differ in one feature, and touch there, are one box; one inside of another is
    left out, and so is an empty one, such as ``x > 50 AND x <= 50``.
    """
    boxes: list[_Box] = [
        box for box in map(_box, rule.conditions) if all(low < high for low, high in box.values())
    ]
    joined = True
    while joined:
        joined = False
        for i, j in _pairs(len(boxes)):
            union = _union(boxes[i], boxes[j])
            if union is not None:
                boxes[i] = union
                del boxes[j]
                joined = True
                break
    return Rule(tuple(_conditions(box) for box in boxes)) if boxes else rule


def pruned(rule: Rule, score: Callable[[Rule], float], cost: float) -> Rule:
    """Leave out conditions and conjunctions, each time the one that serves least.

    Args:
        rule: of one conjunction and one condition at least.
        score: how good a rule is.
        cost: how much of the score all of it may cost.
    """
    least = score(rule) - cost
    while True:
        shorter = [(score(one), place, one) for place, one in enumerate(_shorter(rule))]
        best = max(shorter, key=lambda one: (one[0], -one[1]), default=None)
        if best is None or best[0] < least:
            return rule
        rule = merged(best[2])


def _shorter(rule: Rule) -> Iterator[Rule]:
    parts = rule.conditions
    for i, part in enumerate(parts):
        before, behind = parts[:i], parts[i + 1 :]
        if len(parts) > 1:
            yield Rule((*before, *behind))
        if len(part) > 1:
            for j in range(len(part)):
                yield Rule((*before, (*part[:j], *part[j + 1 :]), *behind))


def _pairs(count: int) -> Iterator[tuple[int, int]]:
    return ((i, j) for i in range(count) for j in range(i + 1, count))


def _box(part: tuple[Condition, ...]) -> dict[str, tuple[float, float]]:
    box: dict[str, tuple[float, float]] = {}
    for one in part:
        low, high = box.get(one.feature, _EVERYTHING)
        if one.operator == ">":
            box[one.feature] = max(low, one.threshold), high
        else:
            box[one.feature] = low, min(high, one.threshold)
    return box


def _conditions(box: _Box) -> tuple[Condition, ...]:
    return tuple(
        condition
        for feature, (low, high) in box.items()
        for condition in (Condition(feature, ">", low), Condition(feature, "<=", high))
        if math.isfinite(condition.threshold)
    )


def _union(one: _Box, other: _Box) -> _Box | None:
    """Return the box that is both together; None where they make none."""
    features = dict.fromkeys([*one, *other])
    sides = {f: (one.get(f, _EVERYTHING), other.get(f, _EVERYTHING)) for f in features}
    for larger, smaller in ((one, other), (other, one)):
        if all(
            a <= c and d <= b
            for a, b, c, d in (
                (*larger.get(f, _EVERYTHING), *smaller.get(f, _EVERYTHING)) for f in features
            )
        ):
            return larger
    different = [f for f, (own, others) in sides.items() if own != others]
    if len(different) != 1:
        return None
    (low, high), (second_low, second_high) = sides[different[0]]
    if max(low, second_low) > min(high, second_high):
        return None
    together = {f: own for f, (own, _) in sides.items()}
    together[different[0]] = min(low, second_low), max(high, second_high)
    return together

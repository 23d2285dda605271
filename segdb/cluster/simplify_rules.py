"""Simplify rules: the same rule in fewer words, or one that is shorter and nearly as good."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations

# Of each feature that is bounded, above what and up to what, in natural units.
Box = Mapping[str, tuple[float, float]]
# It finds what lies in any of its boxes.
Boxes = tuple[Box, ...]
EVERYTHING = (-math.inf, math.inf)


def merged(boxes: Boxes) -> Boxes:
    """Return boxes that find the same, as few as joining pairs gives.

    Two boxes that differ in one feature, and touch there, are one box; one inside of another is
    left out, and so is an empty one, such as above 50 and up to 50.
    """
    joined = [box for box in boxes if all(low < high for low, high in box.values())]
    while pair := _joinable(joined):
        i, j, union = pair
        joined[i] = union
        del joined[j]
    return tuple(joined) or boxes


def pruned(boxes: Boxes, score: Callable[[Boxes], float], cost: float) -> Boxes:
    """Leave out bounds and boxes, each time the one that serves least.

    Args:
        boxes: one box and one bound at least.
        score: how good a rule is.
        cost: how much of the score all of it may cost.
    """
    least = score(boxes) - cost
    while True:
        shorter = [(score(one), place, one) for place, one in enumerate(_shorter(boxes))]
        best = max(shorter, key=lambda one: (one[0], -one[1]), default=None)
        if best is None or best[0] < least:
            return boxes
        boxes = merged(best[2])


def bounds(box: Box) -> list[tuple[str, int, float]]:
    """Return (feature, 0 for above and 1 for up to, bound) of each bound of a box."""
    return [
        (feature, side, limit)
        for feature, limits in box.items()
        for side, limit in enumerate(limits)
        if math.isfinite(limit)
    ]


def with_bound(boxes: Boxes, place: int, feature: str, side: int, limit: float) -> Boxes:
    """Return the boxes with another bound in one of them; an infinite one is none."""
    box = dict(boxes[place])
    box[feature] = (limit, box[feature][1]) if side == 0 else (box[feature][0], limit)
    if box[feature] == EVERYTHING:
        del box[feature]
    return (*boxes[:place], box, *boxes[place + 1 :])


def _shorter(boxes: Boxes) -> Iterator[Boxes]:
    for i, box in enumerate(boxes):
        if len(boxes) > 1:
            yield (*boxes[:i], *boxes[i + 1 :])
        of_box = bounds(box)
        if len(of_box) > 1:
            for feature, side, _ in of_box:
                yield with_bound(boxes, i, feature, side, EVERYTHING[side])


def _joinable(boxes: list[Box]) -> tuple[int, int, Box] | None:
    for (i, one), (j, other) in combinations(enumerate(boxes), 2):
        union = _union(one, other)
        if union is not None:
            return i, j, union
    return None


def _union(one: Box, other: Box) -> Box | None:
    """Return the box that is both together; None where they make none."""
    features = dict.fromkeys([*one, *other])
    sides = {f: (one.get(f, EVERYTHING), other.get(f, EVERYTHING)) for f in features}
    if all(a <= c and d <= b for (a, b), (c, d) in sides.values()):
        return one
    if all(c <= a and b <= d for (a, b), (c, d) in sides.values()):
        return other
    different = [f for f, (own, others) in sides.items() if own != others]
    if len(different) != 1:
        return None
    (low, high), (second_low, second_high) = sides[different[0]]
    if max(low, second_low) > min(high, second_high):
        return None
    together = {f: own for f, (own, _) in sides.items()}
    together[different[0]] = min(low, second_low), max(high, second_high)
    return {f: limits for f, limits in together.items() if limits != EVERYTHING}

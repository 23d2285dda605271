"""Explain an assignment: which features decide it, and which change of one would alter it.

Squared distances are sums over the features. What a feature adds to the distance to the next
segment, less what it adds to that to the nearest, is how much it speaks for the nearest; these
differences sum to the difference of the squared distances. While one feature moves and the others
stay, that difference is linear in it, so that the values for which a segment is the nearest are one
interval, found exactly.

Of a model with components both hold in features too: the centroids lie in the components' plane,
and what a customer lacks of that plane is the same for each of them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from segdb.expressions.transform import natural_value, scaled_value
from segdb.model import Model, Parameters

# A change ends so far behind the border, in scaled units: on it, both segments are as near.
_BEHIND = 1e-6
_DIGITS = 3


@dataclass(frozen=True)
class Decision:
    """What a feature says of two segments.

    Attributes:
        feature: its name.
        speaks: its part of the difference of the squared distances: above 0 for the nearest.
    """

    feature: str
    speaks: float


@dataclass(frozen=True)
class Change:
    """A value of one feature that would put a customer into another segment.

    Attributes:
        feature: its name.
        value: what it would have to be, natural units.
        place: of the segment in the model.
        shift: how far that is, scaled units.
    """

    feature: str
    value: float
    place: int
    shift: float


def decisions(
    model: Model, scaled: Sequence[float], nearest: int, following: int
) -> tuple[Decision, ...]:
    """Return what each feature of the matrix says, what says most first.

    Args:
        model: what was learned.
        scaled: the customer, one value a feature of the matrix.
        nearest: the place of the customer's segment in the model.
        following: the place of the one that is next nearest.
    """
    own, other = (model.scaled(model.segments[place].centroid) for place in (nearest, following))
    parts = (
        Decision(p.feature, (value - far) ** 2 - (value - near) ** 2)
        for p, value, near, far in zip(model.matrix, scaled, own, other, strict=True)
    )
    return tuple(sorted(parts, key=lambda part: -abs(part.speaks)))


def changes(
    model: Model,
    scaled: Sequence[float],
    wanted: Collection[int],
    limits: Mapping[str, tuple[float, float]],
    whole: Collection[str] = (),
) -> tuple[Change, ...]:
    """Return of each feature the smallest change that leads to a wanted segment, smallest first.

    Args:
        model: what was learned.
        scaled: the customer, one value a feature of the matrix.
        wanted: places of segments in the model.
        limits: least and greatest possible value of each feature that can change by itself,
            natural units.
        whole: features whose values are whole: no customer orders 2.5 times.
    """
    least: list[Change] = []
    for position, p in enumerate(model.matrix):
        if p.feature not in limits:
            continue
        candidates = [
            change
            for place in sorted(wanted)
            if (change := _change(model, scaled, position, place, limits[p.feature], whole))
        ]
        least += sorted(candidates, key=lambda change: abs(change.shift))[:1]
    return tuple(sorted(least, key=lambda change: abs(change.shift)))


def _change(
    model: Model,
    scaled: Sequence[float],
    position: int,
    place: int,
    limits: tuple[float, float],
    whole: Collection[str],
) -> Change | None:
    p = model.matrix[position]
    low, high = _interval(model, scaled, position, place)
    if not low < high or low <= 0 <= high:
        return None
    up = low > 0
    shift = low + _BEHIND if up else high - _BEHIND
    value = _natural(p, scaled[position] + shift)
    if value is None:
        return None
    value = _round(value, whole=p.feature in whole, up=up)
    if not limits[0] <= value <= limits[1]:
        return None
    return Change(p.feature, value, place, shift)


def _interval(
    model: Model, scaled: Sequence[float], position: int, place: int
) -> tuple[float, float]:
    """Return between which shifts of one feature a segment is the nearest; empty as (inf, -inf)."""
    centroids = [model.scaled(segment.centroid) for segment in model.segments]
    own = centroids[place]
    low, high = -math.inf, math.inf
    for other_place, other in enumerate(centroids):
        if other_place == place:
            continue
        # d(other)² - d(own)² as a + slope * shift: where it is above 0, the segment is nearer.
        pairs = zip(scaled, own, other, strict=True)
        gap = sum((value - far) ** 2 - (value - near) ** 2 for value, near, far in pairs)
        slope = 2 * (own[position] - other[position])
        if slope > 0:
            low = max(low, -gap / slope)
        elif slope < 0:
            high = min(high, -gap / slope)
        elif gap < 0:
            return math.inf, -math.inf
    return low, high


def _natural(p: Parameters, scaled: float) -> float | None:
    """Return a scaled value in natural units; None where the bounds keep it from being reached."""
    if p.lower is not None and scaled < scaled_value(p, p.lower):
        return None
    if p.upper is not None and scaled > scaled_value(p, p.upper):
        return None
    value = natural_value(p, scaled)
    return value if math.isfinite(value) else None


def _round(value: float, *, whole: bool, up: bool) -> float:
    """Return the next value that people would say, on the far side of the border."""
    if whole:
        return float(math.ceil(value) if up else math.floor(value))
    if value == 0:
        return value
    step = 10.0 ** (math.floor(math.log10(abs(value))) - _DIGITS + 1)
    rounded = (math.ceil(value / step) if up else math.floor(value / step)) * step
    return float(f"{rounded:.12g}")

"""Refine: centroids of the compact matrix, moved until they fit all customers.

In the database that is done by Lloyd's steps. Where all customers are in memory, every good fit of
the compact matrix is carried on; up to 100,000 customers to the last single move (Hartigan and Wong
1979), which of more lowers the inertia by parts of a millionth.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segdb.cluster.kmeans import Fit, lloyd_each, settle_each
from segdb.cluster.matrix import Floats
from segdb.steps.segment.distance_backend import CustomerDistances, Groups, InMemory

Centroids = tuple[tuple[float, ...], ...]

# Decimals of a mean in scaled units: parallel sums differ behind them from run to run, and the
# move of one customer among billions does not.
_DECIMALS = 10
_MOVED = 10.0**-_DECIMALS
# The relative fall of the inertia in a step below which steps end.
_FALL = 1e-6
# Customers, and their values, up to which single moves follow.
_MOVED_ROWS, _MOVED_VALUES = 100_000, 1_000_000


@dataclass(frozen=True)
class Refined:
    """Centroids that were refined over all customers.

    Attributes:
        centroids: in the order they came in, scaled units.
        inertia_before: over all customers, of the centroids that came in; scaled units squared.
        inertia: of those that go out; never more than before.
        steps: how many times the centroids were moved.
        groups: by place of the centroid, what a step gives of the customers around the centroids
            that go out.
    """

    centroids: Centroids
    inertia_before: float
    inertia: float
    steps: int
    groups: Groups


def refine_fit(distances: CustomerDistances, fit: Fit, *, max_steps: int) -> Refined:
    """Refine a fit of the compact matrix, and its other ends where all customers are in memory."""
    if max_steps and isinstance(distances, InMemory):
        return refine_ends(distances, [fit.centroids, *fit.other_ends], max_steps=max_steps)
    return refine(distances, fit.centroids.tolist(), max_steps=max_steps)


def refine_ends(distances: InMemory, ends: Sequence[Floats], *, max_steps: int) -> Refined:
    """Continue fits of the compact matrix on all customers, each on one thread.

    Args:
        distances: all customers.
        ends: (k, d) centroids of each fit, the best first.
        max_steps: the most of Lloyd's steps, where no single moves follow.

    Returns:
        The one of least inertia.
    """
    matrix = distances.matrix
    if len(matrix.values) <= _MOVED_ROWS and matrix.values.size <= _MOVED_VALUES:
        carried = settle_each(matrix, ends)
    else:
        carried = lloyd_each(matrix, ends, least_fall=_FALL, most_steps=max_steps)
    best = min(carried, key=lambda end: end.inertia)
    centroids = _rounded(best.centroids.tolist())
    groups = distances.step(centroids)
    before = inertia_of(distances.step(ends[0].tolist()))
    return Refined(centroids, before, inertia_of(groups), best.steps, groups)


def refine(
    distances: CustomerDistances,
    centroids: Sequence[Sequence[float]],
    tolerance: float = _FALL,
    max_steps: int = 50,
) -> Refined:
    """Move centroids to the means of their customers until the inertia hardly falls.

    A cluster that lost all its customers is moved to the customer farthest from its centroid,
    who leaves its cluster, as in scikit-learn.

    Args:
        distances: all customers.
        centroids: one a segment, scaled units.
        tolerance: the relative fall of the inertia in a step below which refinement ends; with 0
            it ends where no centroid moves.
        max_steps: the most steps, each of them one scan.
    """
    current = tuple(tuple(float(value) for value in centroid) for centroid in centroids)
    groups = distances.step(current)
    before = inertia = inertia_of(groups)
    steps = 0
    while steps < max_steps:
        moved = _moved(distances, current, groups)
        if _distance(current, moved) <= _MOVED:
            break
        next_groups = distances.step(moved)
        next_inertia = inertia_of(next_groups)
        # Only the last bits of a sum can make it rise.
        if next_inertia > inertia:
            break
        fall = inertia - next_inertia
        current, groups, inertia = moved, next_groups, next_inertia
        steps += 1
        if fall < tolerance * inertia:
            break
    return Refined(current, before, inertia, steps, groups)


def inertia_of(groups: Groups) -> float:
    """Return the sum of squared distances of all customers to their centroids."""
    return math.fsum(row["squares"] for row in groups.values())


def _moved(distances: CustomerDistances, centroids: Centroids, groups: Groups) -> Centroids:
    """Return the means of the clusters, the emptied ones on the farthest customers."""
    width = range(len(centroids[0]))
    sums = {p: [row[f"mean_{i}"] * row["customers"] for i in width] for p, row in groups.items()}
    sizes = {place: row["customers"] for place, row in groups.items()}
    emptied = [place for place in range(len(centroids)) if place not in groups]
    if emptied:
        for place, (centroid, values) in zip(
            emptied, distances.farthest(centroids, len(emptied)), strict=False
        ):
            sums[centroid] = [
                total - value for total, value in zip(sums[centroid], values, strict=True)
            ]
            sizes[centroid] -= 1
            sums[place], sizes[place] = values, 1
    return _rounded(
        [total / sizes[place] for total in sums[place]] if sizes.get(place) else centroids[place]
        for place in range(len(centroids))
    )


def _rounded(centroids: Iterable[Iterable[float]]) -> Centroids:
    return tuple(tuple(round(value, _DECIMALS) for value in centroid) for centroid in centroids)


def _distance(before: Centroids, after: Centroids) -> float:
    """Return the farthest that any value of any centroid is from the other's."""
    return max(
        abs(a - b)
        for left, right in zip(before, after, strict=True)
        for a, b in zip(left, right, strict=True)
    )

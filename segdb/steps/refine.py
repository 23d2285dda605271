"""Refine: centroids of the compact matrix, moved by Lloyd's steps over all customers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from segdb.stages.lloyd import farthest, step
from segdb.store.duckdb import DuckDB

Centroids = tuple[tuple[float, ...], ...]
Groups = Mapping[int, Mapping[str, Any]]

# Decimals of a mean in scaled units: parallel sums differ behind them from run to run, and the
# move of one customer among billions does not.
_DECIMALS = 10
_MOVED = 10.0**-_DECIMALS


@dataclass(frozen=True)
class Refined:
    """Centroids that were refined over all customers.

    Attributes:
        centroids: in the order they came in, scaled units.
        inertia_before: over all customers, of the centroids that came in; scaled units squared.
        inertia: of those that go out; never more than before.
        steps: how many times the centroids were moved.
        groups: by place of the centroid, what ``segdb.stages.lloyd.step`` gives of the customers
            around the centroids that go out.
    """

    centroids: Centroids
    inertia_before: float
    inertia: float
    steps: int
    groups: Groups


def refine(
    store: DuckDB,
    scaled: ir.Table,
    columns: Sequence[str],
    centroids: Sequence[Sequence[float]],
    tolerance: float = 1e-6,
    max_steps: int = 50,
) -> Refined:
    """Move centroids to the means of their customers until the inertia hardly falls.

    A cluster that lost all its customers is moved to the customer farthest from its centroid,
    who leaves its cluster, as in scikit-learn.

    Args:
        store: where the customers are.
        scaled: customers with ``customer_id`` and the columns of the matrix, scaled units.
        columns: those columns.
        centroids: one a segment.
        tolerance: the relative fall of the inertia in a step below which refinement ends; with 0
            it ends where no centroid moves.
        max_steps: the most steps, each of them one scan.
    """
    current = tuple(tuple(float(value) for value in centroid) for centroid in centroids)
    groups = _groups(store, scaled, columns, current)
    before = inertia = inertia_of(groups)
    steps = 0
    while steps < max_steps:
        moved = _moved(store, scaled, columns, current, groups)
        if _distance(current, moved) <= _MOVED:
            break
        next_groups = _groups(store, scaled, columns, moved)
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


def _groups(
    store: DuckDB, scaled: ir.Table, columns: Sequence[str], centroids: Centroids
) -> dict[int, dict[str, Any]]:
    return {row["nearest"]: row for row in store.rows(step(scaled, columns, centroids))}


def _moved(
    store: DuckDB, scaled: ir.Table, columns: Sequence[str], centroids: Centroids, groups: Groups
) -> Centroids:
    """Return the means of the clusters, the emptied ones on the farthest customers."""
    width = range(len(columns))
    sums = {p: [row[f"mean_{i}"] * row["customers"] for i in width] for p, row in groups.items()}
    sizes = {place: row["customers"] for place, row in groups.items()}
    emptied = [place for place in range(len(centroids)) if place not in groups]
    if emptied:
        far = store.rows(farthest(scaled, columns, centroids, len(emptied)))
        for place, row in zip(emptied, far, strict=False):
            own = row["nearest"]
            values = [row[name] for name in columns]
            sums[own] = [total - value for total, value in zip(sums[own], values, strict=True)]
            sizes[own] -= 1
            sums[place], sizes[place] = values, 1
    return tuple(
        tuple(round(total / sizes[place], _DECIMALS) for total in sums[place])
        if sizes.get(place)
        else centroids[place]
        for place in range(len(centroids))
    )


def _distance(one: Centroids, other: Centroids) -> float:
    """Return the farthest that any value of any centroid is from the other's."""
    return max(
        abs(a - b)
        for left, right in zip(one, other, strict=True)
        for a, b in zip(left, right, strict=True)
    )

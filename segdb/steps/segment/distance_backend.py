"""Distance backend: sums of distances of all customers to any centroids.

Up to ``[engine] matrix_memory`` they are in memory, and NumPy answers before a statement would be
compiled; above, the database answers with one scan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import ibis.expr.types as ir

from segdb.cluster.distance_stats import (
    Centroids,
    distance_stats,
    distance_stats_each,
    farthest_of,
)
from segdb.cluster.matrix import Matrix
from segdb.engines.protocol import Database
from segdb.expressions.lloyd import farthest, quality, step

Groups = Mapping[int, Mapping[str, Any]]
Far = tuple[int, list[float]]


class CustomerDistances(Protocol):
    """All customers. ``Groups`` are by place of the centroid, for those that have customers."""

    def quality(self, centroids: Centroids) -> Groups:
        """Return ``customers`` and the sums of their ``distances`` and ``squares``."""
        ...

    def qualities(self, each: Sequence[Centroids]) -> list[Groups]:
        """Return ``quality`` of several sets of centroids."""
        ...

    def step(self, centroids: Centroids) -> Groups:
        """Return that, and ``mean_i`` of column i: one step of Lloyd's."""
        ...

    def farthest(self, centroids: Centroids, rows: int) -> list[Far]:
        """Return (nearest, values) of those farthest from their centroid, the farthest first."""
        ...


@dataclass(frozen=True)
class InDatabase:
    """Customers in a table with ``customer_id`` and these columns, scaled units."""

    store: Database
    scaled: ir.Table
    columns: tuple[str, ...]

    def quality(self, centroids: Centroids) -> Groups:
        """See ``CustomerDistances``."""
        return self._by_place(quality(self.scaled, self.columns, centroids))

    def qualities(self, each: Sequence[Centroids]) -> list[Groups]:
        """See ``CustomerDistances``."""
        return [self.quality(centroids) for centroids in each]

    def step(self, centroids: Centroids) -> Groups:
        """See ``CustomerDistances``."""
        return self._by_place(step(self.scaled, self.columns, centroids))

    def farthest(self, centroids: Centroids, rows: int) -> list[Far]:
        """See ``CustomerDistances``."""
        farthest_rows = self.store.rows(farthest(self.scaled, self.columns, centroids, rows))
        return [(row["nearest"], [row[name] for name in self.columns]) for row in farthest_rows]

    def _by_place(self, query: ir.Table) -> Groups:
        return {row["nearest"]: row for row in self.store.rows(query)}


@dataclass(frozen=True)
class InMemory:
    """Customers in a matrix, in the order of their ids."""

    matrix: Matrix

    def quality(self, centroids: Centroids) -> Groups:
        """See ``CustomerDistances``."""
        return distance_stats(self.matrix, centroids)

    def qualities(self, each: Sequence[Centroids]) -> list[Groups]:
        """See ``CustomerDistances``."""
        return [*distance_stats_each(self.matrix, each)]

    def step(self, centroids: Centroids) -> Groups:
        """See ``CustomerDistances``."""
        return distance_stats(self.matrix, centroids, means=True)

    def farthest(self, centroids: Centroids, rows: int) -> list[Far]:
        """See ``CustomerDistances``."""
        return farthest_of(self.matrix, centroids, rows)

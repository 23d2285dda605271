"""Sampling: the compact matrix that crosses into NumPy, drawn in SQL where customers are many."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from segdb.cluster.matrix import Matrix
from segdb.cluster.silhouette import EXACT_ROWS, SAMPLE_ROWS
from segdb.config.sections import Cluster
from segdb.engines.protocol import Database
from segdb.expressions.coreset import Spread, all_customers, coreset, sample
from segdb.steps.segment.distance_backend import CustomerDistances, InDatabase, InMemory
from segdb.steps.segment.scaled_customers import ScaledCustomers

# Bytes of a value in the matrix.
_BYTES = 8


@dataclass(frozen=True)
class Matrices:
    """The customers as K-Means and its judges see them.

    Attributes:
        compact: the matrix to fit.
        uniform: a sample for the silhouette, each customer as likely; None where all are few.
        distances: of all customers to any centroids.
    """

    compact: Matrix
    uniform: Matrix | None
    distances: CustomerDistances

    @property
    def evaluated(self) -> Matrix:
        """All customers where they are in memory, and else a uniform sample."""
        if isinstance(self.distances, InMemory):
            return self.distances.matrix
        return self.compact if self.uniform is None else self.uniform


def matrices(store: Database, settings: Cluster, scaled: ScaledCustomers) -> Matrices:
    """Draw the matrices of a fit.

    Args:
        store: where the customers are.
        settings: the size of the matrix, and the seed.
        scaled: the customers.
    """
    columns, number, table = scaled.model.columns, scaled.number, scaled.table

    def fetched(query: ir.Table) -> Matrix:
        return Matrix.from_arrow(store.fetch(query), "customer_id", "weight")

    uniform = None
    if number > EXACT_ROWS:
        # Not the coreset's own draw: the silhouette wants every customer to be as likely.
        uniform = fetched(sample(table, columns, SAMPLE_ROWS, number, settings.seed + 1))
    rows, seed = settings.matrix_rows, settings.seed
    known: CustomerDistances = InDatabase(store, table, columns)
    if number <= max(rows, store.matrix_bytes // (_BYTES * len(columns))):
        known = InMemory(fetched(all_customers(table, columns)))
        if number <= rows:
            return Matrices(known.matrix, uniform, known)
    spread = Spread(number, scaled.center, scaled.squares)
    drawn = coreset(table, columns, spread, rows, seed)
    compact = fetched(drawn)
    return Matrices(compact, uniform, known)

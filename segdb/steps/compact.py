"""Compact: the small matrix that crosses into NumPy, drawn in SQL where customers are many."""

from __future__ import annotations

import ibis.expr.types as ir

from segdb.cluster.matrix import Matrix
from segdb.model import Model
from segdb.sections import Cluster
from segdb.stages.matrix import coreset, everyone, sample
from segdb.steps.components import Axes
from segdb.store.duckdb import DuckDB

# The silhouette needs the distances of all pairs: exact up to here, on a sample above.
SILHOUETTE_ROWS = 10_000


def matrices(
    store: DuckDB, settings: Cluster, model: Model, scaled: ir.Table, customers: int, axes: Axes
) -> tuple[Matrix, Matrix | None]:
    """Return the matrix to fit, and a uniform sample to judge on where that is not everyone.

    Args:
        store: where the customers are.
        settings: the size of the matrix, and the seed.
        model: what was learned so far.
        scaled: customers with the model's columns.
        customers: how many there are.
        axes: where they lie.
    """
    columns = list(model.columns)

    def fetched(query: ir.Table) -> Matrix:
        return Matrix.from_arrow(store.fetch(query), "customer_id", "weight")

    uniform = None
    if customers > SILHOUETTE_ROWS:
        # Not the coreset's own draw: the silhouette wants every customer to be as likely.
        uniform = fetched(sample(scaled, columns, SILHOUETTE_ROWS, customers, settings.seed + 1))
    if customers <= settings.matrix_rows:
        return fetched(everyone(scaled, columns)), uniform
    center, squares = axes.center(model), customers * axes.variance(model)
    rows, seed = settings.matrix_rows, settings.seed
    return fetched(coreset(scaled, columns, center, squares, customers, rows, seed)), uniform

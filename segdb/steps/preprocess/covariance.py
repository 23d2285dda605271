"""Covariance: means and covariances of the features, in SQL or NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Any

import ibis.expr.types as ir

from segdb.cluster.matrix import Matrix
from segdb.cluster.pca import covariances
from segdb.engines.protocol import Database
from segdb.expressions.coreset import all_customers
from segdb.expressions.scale import measures


def measured(
    store: Database, features: ir.Table, columns: Sequence[str], method: str, *, few: bool
) -> dict[str, Any]:
    """Return what ``segdb.expressions.scale.measures`` gives of the customers.

    Args:
        store: where they are.
        features: their filled, capped and transformed features.
        columns: those features.
        method: of scaling.
        few: whether they all go into the compact matrix. NumPy then has the covariances of many
            columns, as many as pairs, long before a statement of them is compiled.
    """
    row = store.rows(measures(features, columns, method, together=not few))[0]
    if few:
        rows = Matrix.from_arrow(
            store.fetch(all_customers(features, columns)), "customer_id", "weight"
        )
        measured_pairs = covariances(rows)
        pairs = combinations_with_replacement(range(len(columns)), 2)
        row |= {f"cov_{i}_{j}": float(measured_pairs[i, j]) for i, j in pairs}
    return row

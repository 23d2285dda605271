"""Components: the covariance matrix to learn principal components from, and their coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement

import ibis
import ibis.expr.types as ir

COORDINATES = ("pc1", "pc2", "pc3")


def covariances(scaled: ir.Table, matrix: Sequence[str]) -> ir.Table:
    """Return one row: ``mean_i`` and the population covariance ``cov_i_j`` (i <= j)."""
    columns = {f"mean_{i}": scaled[name].mean() for i, name in enumerate(matrix)}
    for i, j in combinations_with_replacement(range(len(matrix)), 2):
        columns[f"cov_{i}_{j}"] = scaled[matrix[i]].cov(scaled[matrix[j]], how="pop")
    return scaled.agg(**columns)


def project(
    scaled: ir.Table,
    matrix: Sequence[str],
    means: Sequence[float],
    loadings: Sequence[Sequence[float]],
) -> ir.Table:
    """Add the coordinates ``pc1`` to ``pc3`` of each customer; 0 where there is no component.

    Args:
        scaled: customers with the columns of the matrix.
        matrix: those columns.
        means: of each column.
        loadings: of the first components, each one value a column.
    """
    columns: dict[str, ir.Value] = {}
    for place, coordinate in enumerate(COORDINATES):
        total: ir.Value = ibis.literal(0.0)
        if place < len(loadings):
            for name, mean, loading in zip(matrix, means, loadings[place], strict=True):
                total = total + (scaled[name] - mean) * loading
        columns[coordinate] = total
    return scaled.mutate(**columns)

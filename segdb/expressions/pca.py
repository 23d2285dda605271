"""PCA: the coordinates of customers on principal components."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from segdb.expressions.shallow_sums import added
from segdb.model import Components, Model

COORDINATES = ("pc1", "pc2", "pc3")


def in_matrix(scaled: ir.Table, model: Model) -> ir.Table:
    """Add the columns that distances are taken over, where they are not the features' own."""
    if model.components is None:
        return scaled
    return project(scaled, [p.column for p in model.matrix], model.components)


def project(scaled: ir.Table, matrix: Sequence[str], components: Components) -> ir.Table:
    """Add the coordinate of each customer on each component.

    Args:
        scaled: customers with the columns of the matrix, scaled units; all else is carried.
        matrix: those columns.
        components: as they were learned.
    """
    return scaled.mutate(**_coordinates(scaled, matrix, components, components.columns))


def place(scaled: ir.Table, matrix: Sequence[str], components: Components) -> ir.Table:
    """Add ``pc1`` to ``pc3`` for the maps, the first three coordinates; 0 without a component."""
    none = dict.fromkeys(COORDINATES, ibis.literal(0.0))
    return scaled.mutate(**none | _coordinates(scaled, matrix, components, COORDINATES))


def _coordinates(
    scaled: ir.Table, matrix: Sequence[str], components: Components, names: Sequence[str]
) -> dict[str, ir.Value]:
    columns: dict[str, ir.Value] = {}
    for name, weights in zip(names, components.loadings, strict=False):
        parts = [
            (scaled[column] - mean) * weight
            for column, mean, weight in zip(matrix, components.means, weights, strict=True)
        ]
        columns[name] = added(parts)
    return columns

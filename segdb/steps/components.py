"""Components: principal components of the matrix, learned from its covariances in SQL."""

from __future__ import annotations

import math
from dataclasses import dataclass

import ibis.expr.types as ir

from segdb.cluster.components import principal
from segdb.errors import SettingsError
from segdb.model import Components, Model, Parameters
from segdb.stages.components import covariances
from segdb.store.duckdb import DuckDB

# Standardized features have the mean 0, but for the last bits of a sum.
_DECIMALS = 12


@dataclass(frozen=True)
class Axes:
    """The principal components of all customers: the axes of the maps.

    Attributes:
        components: as many as the matrix has features.
        variances: along each, scaled units squared.
        shares: of the whole variance that each holds.
        spreads: variance of each feature, scaled units squared.
    """

    components: Components
    variances: tuple[float, ...]
    shares: tuple[float, ...]
    spreads: tuple[float, ...]

    def center(self, model: Model) -> tuple[float, ...]:
        """Return the mean of each column that distances are taken over."""
        return self.components.means if model.components is None else (0.0,) * len(model.columns)

    def variance(self, model: Model) -> float:
        """Return the mean squared distance of the customers from that mean."""
        own = self.spreads if model.components is None else self.variances[: len(model.columns)]
        return math.fsum(own)


def learn_axes(store: DuckDB, scaled: ir.Table, matrix: tuple[Parameters, ...]) -> Axes:
    """Learn the principal components of all customers from one aggregate.

    Args:
        store: where the customers are.
        scaled: customers with the columns of the matrix, scaled units.
        matrix: the features of the matrix, by position.
    """
    row = store.rows(covariances(scaled, [p.column for p in matrix]))[0]
    size = range(len(matrix))
    found = principal([[row[f"cov_{min(i, j)}_{max(i, j)}"] for j in size] for i in size])
    return Axes(
        components=Components(
            means=tuple(round(float(row[f"mean_{i}"]), _DECIMALS) for i in size),
            loadings=tuple(tuple(weights) for weights in found.loadings.tolist()),
        ),
        variances=tuple(found.explained_variance.tolist()),
        shares=tuple(found.explained_share.tolist()),
        spreads=tuple(float(row[f"cov_{i}_{i}"]) for i in size),
    )


def chosen(axes: Axes, count: int | None, matrix: tuple[Parameters, ...]) -> Components | None:
    """Return the components that stand in the matrix for its features; None where none are asked.

    Raises:
        SettingsError: more are asked for than there are features.
    """
    if count is None:
        return None
    if count > len(matrix):
        names = ", ".join(p.feature for p in matrix)
        features = "feature" if len(matrix) == 1 else "features"
        raise SettingsError(
            f"[features] components = {count}, and the matrix has {len(matrix)} {features} "
            f"({names}), which have no more components than that. Ask for fewer, or use more "
            "features."
        )
    return axes.components.first(count)

"""PCA: principal components of the matrix, from covariances that SQL has measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segdb.cluster.pca import principal
from segdb.errors import SettingsError
from segdb.model import Components, Model, Parameters

# Standardized features have the mean 0, but for the last bits of a sum.
_DECIMALS = 12


@dataclass(frozen=True)
class Pca:
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
        variances = (
            self.spreads if model.components is None else self.variances[: len(model.columns)]
        )
        return math.fsum(variances)


def pca_of(measured: Mapping[str, Any], parameters: Sequence[Parameters]) -> Pca:
    """Return the principal components of all customers, in scaled units.

    Args:
        measured: what ``segdb.expressions.scale.measures`` gave of the transformed features.
        parameters: those features in its order; the ones outside the matrix are left out.
    """
    inside = [(place, p) for place, p in enumerate(parameters) if p.position is not None]

    def covariance(left: tuple[int, Parameters], right: tuple[int, Parameters]) -> float:
        first, second = sorted((left[0], right[0]))
        return float(measured[f"cov_{first}_{second}"]) / (left[1].spread * right[1].spread)

    axes = principal([[covariance(one, other) for other in inside] for one in inside])
    means = ((measured[f"mean_{place}"] - p.center) / p.spread for place, p in inside)
    return Pca(
        components=Components(
            means=tuple(round(float(mean), _DECIMALS) for mean in means),
            loadings=tuple(tuple(weights) for weights in axes.loadings.tolist()),
        ),
        variances=tuple(axes.explained_variance.tolist()),
        shares=tuple(axes.explained_share.tolist()),
        spreads=tuple(covariance(one, one) for one in inside),
    )


def chosen_components(
    pca: Pca, count: int | None, matrix: tuple[Parameters, ...]
) -> Components | None:
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
    return pca.components.first(count)

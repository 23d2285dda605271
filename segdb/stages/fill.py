"""Fill: a missing feature becomes the median, the mean or zero of those that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import ibis.expr.types as ir

from segdb.model import Parameters


def fill_values(
    statistics: Mapping[str, Any],
    names: Sequence[str],
    method: Literal["median", "mean", "zero", "reject"],
) -> dict[str, float]:
    """Return each feature's fill: 0 where no customer has the feature.

    Args:
        statistics: what ``segdb.stages.explore.statistics`` gave.
        names: the features, in its order.
        method: of the settings; with ``reject`` nothing is missing any more.
    """
    if method == "zero":
        return dict.fromkeys(names, 0.0)
    measure = "mean" if method == "mean" else "median"
    return {name: float(statistics[f"{measure}_{i}"] or 0.0) for i, name in enumerate(names)}


def fill(features: ir.Table, parameters: Sequence[Parameters]) -> ir.Table:
    """Add a working column for each feature, with the learned fill where it is missing."""
    return features.mutate(**{p.column: features[p.feature].fill_null(p.fill) for p in parameters})

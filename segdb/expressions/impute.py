"""Impute: a missing feature becomes the median, the mean or zero of those that are there."""

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
        statistics: what ``segdb.expressions.distributions.statistics`` gave.
        names: the features, in its order.
        method: of the settings; with ``reject`` nothing is missing any more.
    """
    if method == "zero":
        return dict.fromkeys(names, 0.0)
    measure = "mean" if method == "mean" else "median"
    return {name: float(statistics[f"{measure}_{i}"] or 0.0) for i, name in enumerate(names)}


def fill(features: ir.Table, parameters: Sequence[Parameters]) -> ir.Table:
    """Put the learned fill into each working column where the value is missing."""
    return features.mutate(**{p.column: current(features, p).fill_null(p.fill) for p in parameters})


def current(features: ir.Table, p: Parameters) -> ir.Value:
    """Return the working column of a feature; before the first stage it is the feature itself."""
    return features[p.column if p.column in features.columns else p.feature]

"""Fill: a missing feature becomes the median, the mean or zero of those that are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import ibis
import ibis.expr.types as ir

from segdb.model import Parameters


def fill_values(
    features: ir.Table, names: Sequence[str], method: Literal["median", "mean", "zero", "reject"]
) -> ir.Table:
    """Return one row with each feature's fill; NULL where no customer has the feature."""
    values: Mapping[str, Callable[[ir.Column], ir.Scalar]] = {
        "median": lambda column: column.median(),
        "mean": lambda column: column.mean(),
        "zero": lambda column: ibis.ifelse(column.count() > 0, 0.0, ibis.null("float64")),
        "reject": lambda column: column.median(),
    }
    learn = values[method]
    return features.agg(**{name: learn(features[name]).cast("float64") for name in names})


def fill(features: ir.Table, parameters: Sequence[Parameters]) -> ir.Table:
    """Add a working column for each feature, with the learned fill where it is missing."""
    return features.mutate(**{p.column: features[p.feature].fill_null(p.fill) for p in parameters})

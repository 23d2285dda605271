"""Preprocess: fill and cap in the order that was learned, then transform and scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ibis.expr.types as ir

from segdb.expressions.impute import fill
from segdb.expressions.scale import scale
from segdb.expressions.transform import transform
from segdb.expressions.winsorize import cap
from segdb.model import Parameters

Stage = Callable[[ir.Table, Sequence[Parameters]], ir.Table]


def stages_of(parameters: Sequence[Parameters]) -> dict[str, Stage]:
    """Return the stages from natural to scaled units by name, in the order of the flow."""
    filled: dict[str, Stage] = {"filled": fill}
    capped: dict[str, Stage] = {"capped": cap}
    last = any(p.fill_last for p in parameters)
    first = capped | filled if last else filled | capped
    return {**first, "transformed": transform, "scaled": scale}


def filled_and_capped(features: ir.Table, parameters: Sequence[Parameters]) -> ir.Table:
    """Add a working column for each feature, filled and between its bounds."""
    return _through(features, parameters, "filled", "capped")


def transformed(features: ir.Table, parameters: Sequence[Parameters]) -> ir.Table:
    """Apply what was learned up to where the features are measured: fill, cap and transform."""
    return _through(features, parameters, "filled", "capped", "transformed")


def preprocess(features: ir.Table, matrix: Sequence[Parameters]) -> ir.Table:
    """Apply what was learned: fill, cap, transform and scale, as one expression."""
    return _through(features, matrix, *stages_of(matrix))


def _through(features: ir.Table, parameters: Sequence[Parameters], *names: str) -> ir.Table:
    for name, stage in stages_of(parameters).items():
        features = stage(features, parameters) if name in names else features
    return features

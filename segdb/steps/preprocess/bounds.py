"""Bounds: the fill of a missing value, and the caps of each feature."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import ibis.expr.types as ir

from segdb.engines.protocol import Database
from segdb.errors import SettingsError, nearest
from segdb.expressions.aggregate_orders import Bounds
from segdb.expressions.impute import fill, fill_values
from segdb.expressions.winsorize import cap, cap_bounds
from segdb.features.catalogue import Catalogue
from segdb.model import Parameters
from segdb.steps.preprocess.options import PreprocessOptions

# Of a spread, that tell customers apart.
_DIGITS = 12


def fills_and_bounds(
    store: Database,
    options: PreprocessOptions,
    catalogue: Catalogue,
    features: ir.Table,
    statistics: Mapping[str, Any],
    bounds: Bounds | None = None,
) -> tuple[Parameters, ...]:
    """Return the parameters of each feature with its fill and its bounds.

    Args:
        store: where the customers are.
        options: how to fill and cap, and in which order.
        catalogue: the features.
        features: of all customers, natural units.
        statistics: what ``segdb.expressions.distributions.statistics`` gave of them.
        bounds: by feature, where they are known already; None to learn them.

    Raises:
        SettingsError: a feature named in [outliers.bounds] does not exist.
    """
    last = options.outliers.fill == "after"
    blank = tuple(
        Parameters(name, None, None, 0.0, None, None, "none", 0.0, 1.0, fill_last=last)
        for name in catalogue.names
    )
    if last:
        bounded = _bounded(store, options, catalogue, features, blank, bounds)
        capped = cap(features, bounded)
        columns = [p.column for p in bounded]
        limits = store.rows(_middles(capped, columns))[0]
        return _filled(options.missing, catalogue, bounded, limits)
    filled = _filled(options.missing, catalogue, blank, statistics)
    return _bounded(store, options, catalogue, fill(features, filled), filled, bounds)


def settled(value: float, spread: float) -> float:
    """Round to a trillionth of the spread.

    The last bits of a parallel sum are others in each run, and where customers lie on a lattice
    K-Means would break its ties by them.
    """
    return round(float(value), _DIGITS - math.floor(math.log10(spread)))


def _middles(features: ir.Table, columns: Sequence[str]) -> ir.Table:
    measures: dict[str, ir.Scalar] = {}
    for i, name in enumerate(columns):
        column = features[name]
        measures |= {f"mean_{i}": column.mean(), f"median_{i}": column.median()}
        measures[f"sd_{i}"] = column.std(how="pop")
    return features.agg(**measures)


def _filled(
    missing: Literal["median", "mean", "zero", "reject"],
    catalogue: Catalogue,
    parameters: tuple[Parameters, ...],
    known: Mapping[str, Any],
) -> tuple[Parameters, ...]:
    names = catalogue.names
    fills = fill_values(known, names, missing)
    if missing == "mean":
        spreads = {name: known[f"sd_{place}"] for place, name in enumerate(names)}
        fills |= {n: settled(fills[n], spread) for n, spread in spreads.items() if spread}
    fills |= dict.fromkeys(_binary(catalogue), 0.0)
    return tuple(replace(p, fill=fills[p.feature]) for p in parameters)


def _bounded(
    store: Database,
    options: PreprocessOptions,
    catalogue: Catalogue,
    features: ir.Table,
    parameters: tuple[Parameters, ...],
    bounds: Bounds | None,
) -> tuple[Parameters, ...]:
    if bounds is None:
        bounds = _learned(store, options, catalogue, features, parameters)
    sides = {p.feature: bounds.get(p.feature, (None, None)) for p in parameters}
    return tuple(
        replace(p, lower=sides[p.feature][0], upper=sides[p.feature][1]) for p in parameters
    )


def _learned(
    store: Database,
    options: PreprocessOptions,
    catalogue: Catalogue,
    features: ir.Table,
    parameters: tuple[Parameters, ...],
) -> Bounds:
    fixed_bounds = options.outliers.bounds
    for name in fixed_bounds:
        if name not in catalogue.names:
            raise SettingsError(
                f"[outliers.bounds] there is no feature '{name}'.{nearest(name, catalogue.names)}"
            )
    # A rare category is no outlier.
    fixed = _binary(catalogue) | set(fixed_bounds)
    learnable = [p for p in parameters if p.feature not in fixed]
    columns = [p.column if p.column in features.columns else p.feature for p in learnable]
    query = cap_bounds(features, columns, options.outliers) if columns else None
    if query is None:
        return fixed_bounds
    row = store.rows(query)[0]
    limits = {p.feature: (row[f"lower_{i}"], row[f"upper_{i}"]) for i, p in enumerate(learnable)}
    return {**limits, **fixed_bounds}


def _binary(catalogue: Catalogue) -> set[str]:
    return {entry.name for entry in catalogue.of("category")}

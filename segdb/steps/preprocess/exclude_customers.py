"""Exclude customers who lack a feature, or have an outlier, where the settings say so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import ibis.expr.types as ir

from segdb.engines.protocol import Database
from segdb.expressions import aggregate_orders as stage
from segdb.expressions.aggregate_orders import Bounds
from segdb.expressions.distributions import statistics
from segdb.expressions.scoring_chain import Recipe
from segdb.features.catalogue import Catalogue
from segdb.steps.features.aggregate_orders import ReusedAggregates
from segdb.steps.preprocess.bounds import fills_and_bounds
from segdb.steps.preprocess.options import PreprocessOptions


def exclude_customers(
    store: Database,
    options: PreprocessOptions,
    catalogue: Catalogue,
    features: ir.Table,
    recipe: Recipe,
    reused: ReusedAggregates | None,
) -> tuple[ir.Table, Recipe, list[ir.Table], Bounds | None]:
    """Leave out the customers who lack a feature, or have an outlier, where the settings say so.

    Returns:
        The others; the recipe that says the same; (customer_id, reason) of those left out; and
        the bounds of all features, where they had to be learned for it.
    """
    out: list[ir.Table] = []
    if options.missing == "reject":
        needed = tuple(n for n in catalogue.names if n not in options.features.describe)
        features = store.table("segdb_all_features", features)
        out.append(stage.incomplete(features, needed))
        features = stage.complete(features, needed)
        recipe = replace(recipe, complete=needed)
    if options.outliers.action == "cap":
        return features, recipe, out, None
    features = store.table("segdb_with_outliers", features)
    bounds = reused.bounds if reused else _bounds(store, options, catalogue, features)
    inside = reused.bounds if reused else _rejecting(options.features.describe, bounds)
    if inside:
        out.append(stage.outlying(features, inside))
        features = stage.within(features, inside)
    return features, replace(recipe, within=inside), out, bounds


def _bounds(
    store: Database, options: PreprocessOptions, catalogue: Catalogue, features: ir.Table
) -> Bounds:
    """Return the bounds of every feature over all customers, outliers among them."""
    known = store.rows(statistics(features, catalogue.names))[0]
    learned = fills_and_bounds(store, options, catalogue, features, known)
    return {p.feature: (p.lower, p.upper) for p in learned}


def _rejecting(describes: Collection[str], bounds: Bounds) -> Bounds:
    return {
        name: sides
        for name, sides in bounds.items()
        if name not in describes and sides != (None, None)
    }

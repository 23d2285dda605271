"""Explore: the rows of the tables for exploratory analysis."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import ibis.expr.types as ir

from segdb import contract
from segdb.model import Model, Parameters
from segdb.stages.cap import cap
from segdb.stages.explore import BINS, capped_shares, histogram, importance
from segdb.stages.fill import fill
from segdb.stages.transform import shape
from segdb.steps.components import Axes
from segdb.steps.describe import Rows
from segdb.steps.learn import Learned
from segdb.store.duckdb import DuckDB

_MEASURES = (
    "customers",
    "missing",
    "mean",
    "sd",
    "minimum",
    "p05",
    "p25",
    "median",
    "p75",
    "p95",
    "maximum",
)


def explore(
    store: DuckDB,
    features: ir.Table,
    assigned: ir.Table,
    model: Model,
    learned: Learned,
) -> dict[contract.Table, Rows]:
    """Return the rows of the statistics, histograms and correlations of the features.

    Args:
        store: where the customers are.
        features: every feature in natural units.
        assigned: customers with ``nearest`` and the columns of the matrix.
        model: what was learned.
        learned: what was seen of the features on the way.
    """
    parameters, row = model.parameters, learned.statistics
    skews = store.rows(shape(features, [p.feature for p in parameters]))[0]
    capped = store.rows(capped_shares(features, parameters))[0]
    shares = importances(store, assigned, model, learned.axes)
    units = {entry.name: entry.unit for entry in model.catalogue.entries}
    statistics_rows = [
        {
            "feature": p.feature,
            "unit": units[p.feature],
            **{name: row[f"{name}_{i}"] for name in _MEASURES},
            "capped_share": capped[f"capped_share_{i}"],
            "skewness": skews[f"skewness_{i}"],
            "importance": shares.get(p.feature),
        }
        for i, p in enumerate(parameters)
    ]
    return {
        contract.FEATURE_STATISTICS: statistics_rows,
        contract.FEATURE_HISTOGRAMS: _histograms(store, features, parameters, row),
        contract.FEATURE_CORRELATIONS: _pairs(learned.correlations),
    }


def importances(store: DuckDB, assigned: ir.Table, model: Model, axes: Axes) -> dict[str, float]:
    """Return, by feature of the matrix, the share of its variance between segments (eta²)."""
    columns = [p.column for p in model.matrix]
    groups = store.rows(importance(assigned, columns))
    total = sum(group["customers"] for group in groups)
    shares = {}
    for i, p in enumerate(model.matrix):
        mean = sum(g["customers"] * g[f"mean_{i}"] for g in groups) / total
        between = sum(g["customers"] * (g[f"mean_{i}"] - mean) ** 2 for g in groups) / total
        shares[p.feature] = min(1.0, between / axes.spreads[i]) if axes.spreads[i] else 0.0
    return shares


def _histograms(
    store: DuckDB,
    features: ir.Table,
    parameters: tuple[Parameters, ...],
    row: Mapping[str, Any],
) -> Rows:
    rows: Rows = []
    for i, p in enumerate(parameters):
        least, most = row[f"minimum_{i}"], row[f"maximum_{i}"]
        if least is None:
            continue
        low = least if p.lower is None else max(p.lower, min(least, p.fill))
        high = most if p.upper is None else min(p.upper, max(most, p.fill))
        # Alone: the SQL of all features would be compiled for each of them.
        own = features.select(p.feature)
        capped = cap(fill(own, (p,)), (p,))
        for stage, table, column, lower, upper in (
            ("before", own, p.feature, least, most),
            ("after", capped, p.column, low, high),
        ):
            counted = store.rows(histogram(table, column, lower, upper).order_by("bin"))
            width = (upper - lower) / BINS
            rows += [
                {
                    "feature": p.feature,
                    "stage": stage,
                    "bin": bin_["bin"],
                    "lower": lower + width * bin_["bin"],
                    "upper": lower + width * (bin_["bin"] + 1),
                    "customers": bin_["customers"],
                }
                for bin_ in counted
            ]
    return rows


def _pairs(correlations: Mapping[tuple[str, str], float | None]) -> Rows:
    names = list(dict.fromkeys(name for pair in correlations for name in pair))
    rows: Rows = [{"feature": name, "other": name, "r": 1.0} for name in names]
    for one, other in combinations(names, 2):
        r = correlations[one, other]
        rows += [
            {"feature": one, "other": other, "r": r},
            {"feature": other, "other": one, "r": r},
        ]
    return rows

"""Statistics: the rows of the tables for exploratory analysis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import ibis.expr.types as ir

from segdb import contract
from segdb.engines.protocol import Database
from segdb.expressions.distributions import BINS, capped_shares, histograms, importance
from segdb.expressions.preprocess import filled_and_capped
from segdb.expressions.transform import shape
from segdb.model import Model, Parameters
from segdb.steps.describe.profiles import Rows
from segdb.steps.preprocess.learn import Learned
from segdb.steps.preprocess.pca import Pca

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
    store: Database,
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
        learned: statistics, correlations and components of the features.
    """
    parameters, row = model.parameters, learned.statistics
    skews = store.rows(shape(features, [p.feature for p in parameters]))[0]
    capped = store.rows(capped_shares(features, parameters))[0]
    shares = importances(store, assigned, model, learned.pca)
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


def importances(store: Database, assigned: ir.Table, model: Model, pca: Pca) -> dict[str, float]:
    """Return, by feature of the matrix, the share of its variance between segments (eta²)."""
    columns = [p.column for p in model.matrix]
    groups = store.rows(importance(assigned, columns))
    total = sum(group["customers"] for group in groups)
    shares = {}
    for i, p in enumerate(model.matrix):
        mean = sum(g["customers"] * g[f"mean_{i}"] for g in groups) / total
        between = sum(g["customers"] * (g[f"mean_{i}"] - mean) ** 2 for g in groups) / total
        shares[p.feature] = min(1.0, between / pca.spreads[i]) if pca.spreads[i] else 0.0
    return shares


def _histograms(
    store: Database,
    features: ir.Table,
    parameters: tuple[Parameters, ...],
    row: Mapping[str, Any],
) -> Rows:
    stages: list[tuple[Parameters, str, str, float, float, int]] = []
    for i, p in enumerate(parameters):
        least, most, known = (row[f"{name}_{i}"] for name in ("minimum", "maximum", "customers"))
        if least is None:
            continue
        low, high = _reach(p, least, most)
        distances = known + row[f"missing_{i}"]
        stages += [(p, "before", p.feature, least, most, known)]
        stages += [(p, "after", p.column, low, high, distances)]
    places = {column: _places(lower, upper) for _, _, column, lower, upper, _ in stages}
    # Whoever reaches none of the other edges is in the first bin.
    edges = {
        column: list(bin_edges)[1:] for column, bin_edges in places.items() if len(bin_edges) > 1
    }
    capped = filled_and_capped(features, parameters)
    bins = store.rows(histograms(capped, edges))[0] if edges else {}
    counts = {column: _ascending(bins[f"bins_{i}"]) for i, column in enumerate(edges)}
    rows: Rows = []
    for p, stage, column, lower, upper, total in stages:
        bin_edges = counts.get(column, [])
        width = (upper - lower) / BINS
        rows += [
            {
                "feature": p.feature,
                "stage": stage,
                "bin": place,
                "lower": lower + width * place,
                "upper": lower + width * (place + 1),
                "customers": count,
            }
            for place, count in zip(
                places[column].values(), [total - sum(bin_edges), *bin_edges], strict=True
            )
            if count
        ]
    return rows


def _reach(p: Parameters, least: float, most: float) -> tuple[float, float]:
    """Return between what a feature lies once it is filled and capped."""
    if p.fill_last:
        low = least if p.lower is None else max(p.lower, least)
        high = most if p.upper is None else min(p.upper, most)
        return min(low, p.fill), max(high, p.fill)
    low = least if p.lower is None else max(p.lower, min(least, p.fill))
    high = most if p.upper is None else min(p.upper, max(most, p.fill))
    return low, high


def _places(lower: float, upper: float) -> dict[float, int]:
    """Return the places of the bins by their lower edges; of edges in one place the first."""
    bins = {lower: 0}
    for place in range(1, BINS):
        edge = lower + (upper - lower) / BINS * place
        # SQL writes and reads a number with its last bits astray.
        if not math.isclose(edge, list(bins)[-1], rel_tol=1e-12):
            bins[edge] = place
    return bins


def _ascending(counted: Sequence[tuple[float, int]]) -> list[int]:
    """Return the counts of ``histograms`` by ascending edge, without that of what is below."""
    by_edge = {-edge: int(count) for edge, count in counted if math.isfinite(edge)}
    return [by_edge[edge] for edge in sorted(by_edge)]


def _pairs(correlations: Mapping[tuple[str, str], float | None]) -> Rows:
    names = list(dict.fromkeys(name for pair in correlations for name in pair))
    rows: Rows = [{"feature": name, "other": name, "r": 1.0} for name in names]
    for first, second in combinations(names, 2):
        r = correlations[first, second]
        rows += [
            {"feature": first, "other": second, "r": r},
            {"feature": second, "other": first, "r": r},
        ]
    return rows

"""Distributions: each feature over all customers, before and after capping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from segdb.expressions.profile import QUANTILES
from segdb.expressions.quantiles import quantiles
from segdb.model import Parameters

BINS = 30
TENTHS = {f"q{level}": level / 100 for level in range(10, 100, 10)}
FIFTHS = ("q20", "q40", "q60", "q80")


def statistics(features: ir.Table, names: Sequence[str]) -> ir.Table:
    """Return one row with what is known of each feature i over all customers, natural units.

    ``customers_i`` (who have it), ``missing_i``, ``mean_i``, ``sd_i`` (population), ``minimum_i``,
    ``maximum_i``, ``p05_i`` to ``p95_i``, and the deciles ``q10_i`` to ``q90_i``.
    """
    columns: dict[str, ir.Scalar] = {}
    levels = {**QUANTILES, **TENTHS}
    for i, name in enumerate(names):
        column = features[name]
        measures = {
            "customers": column.count(),
            "missing": column.isnull().sum(),
            "mean": column.mean(),
            "sd": column.std(how="pop"),
            "minimum": column.min(),
            "maximum": column.max(),
            **dict(zip(levels, quantiles(column, list(levels.values())), strict=True)),
        }
        columns |= {f"{name}_{i}": measure for name, measure in measures.items()}
    return features.agg(**columns)


def capped_shares(features: ir.Table, parameters: Sequence[Parameters]) -> ir.Table:
    """Return one row: ``capped_share_i``, of the customers who were moved to a bound."""
    shares: dict[str, ir.Scalar] = {}
    for i, p in enumerate(parameters):
        filled = features[p.feature].fill_null(uncapped_fill(p))
        outside = filled.isnull()
        if p.lower is not None:
            outside |= filled < p.lower
        if p.upper is not None:
            outside |= filled > p.upper
        shares[f"capped_share_{i}"] = outside.cast("float64").mean()
    return features.agg(**shares)


def uncapped_fill(p: Parameters) -> float:
    """Return what a missing value counts as where those beyond the bounds are counted.

    What is filled after capping is moved to no bound, so that one of them stands for it.
    """
    bounds = [bound for bound in (p.lower, p.upper) if bound is not None]
    return bounds[0] if p.fill_last and bounds else p.fill


def histograms(table: ir.Table, edges: Mapping[str, Sequence[float]]) -> ir.Table:
    """Return one row: ``bins_i``, how many values of column i are at or above each of its edges.

    Args:
        table: the columns.
        edges: of each column, ascending and none twice; a value counts for the highest edge that
            it reaches, and below all of them for none.
    """
    bins = {}
    for i, (name, own) in enumerate(edges.items()):
        # DuckDB counts up to an edge and with it; turned around, that is from it on.
        turned = ibis.literal([-edge for edge in reversed(own)], "array<float64>")
        bins[f"bins_{i}"] = _histogram(-table[name], turned)
    return table.agg(**bins)


def importance(assigned: ir.Table, matrix: Sequence[str]) -> ir.Table:
    """Return one row a cluster: ``nearest``, ``customers``, and ``mean_i`` of matrix column i."""
    means = {f"mean_{i}": assigned[name].mean() for i, name in enumerate(matrix)}
    return assigned.group_by("nearest").agg(customers=assigned.count(), **means)


@ibis.udf.agg.builtin(
    name="histogram", signature=(("float64", "array<float64>"), "map<float64, int64>")
)
def _histogram(_column, _edges): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

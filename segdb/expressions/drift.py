"""Drift: how far a distribution has moved, by the population stability index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from segdb.expressions.quantiles import quantiles

DECILES = tuple(level / 10 for level in range(1, 10))
# The share that an empty bin is taken to have, so that its logarithm is finite.
LEAST_SHARE = 0.0001
# The bin of those who lack the feature.
MISSING = -1


def deciles(features: ir.Table, names: Sequence[str]) -> ir.Table:
    """Return one row with, of feature i, the nine deciles ``edge_i_1`` to ``edge_i_9``."""
    columns: dict[str, ir.Scalar] = {}
    for i, name in enumerate(names):
        edges = quantiles(features[name], DECILES)
        columns |= {f"edge_{i}_{place}": edge for place, edge in enumerate(edges, start=1)}
    return features.agg(**columns)


def binned(features: ir.Table, edges: Mapping[str, Sequence[float]]) -> ir.Table:
    """Return (feature, bin, customers): how many customers have a feature between two edges.

    Args:
        features: one row a customer.
        edges: by feature, ascending, natural units. A value on an edge is in the bin below it,
            bin 0 is below the first edge, and bin -1 those who lack the feature.
    """
    parts = []
    for name, own in edges.items():
        column = features[name]
        below = ((column <= edge, place) for place, edge in enumerate(own))
        place = ibis.cases((column.isnull(), MISSING), *below, else_=len(own))
        grouped = features.group_by(feature=ibis.literal(name), bin=place.cast("int32"))
        parts.append(grouped.agg(customers=features.count()))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def stability_index(expected: ir.Table, actual: ir.Table) -> ir.Table:
    """Return (feature, psi): the population stability index of each feature.

    It is the sum over the bins of (a - e) ln(a / e), with a and e the shares of the customers in
    the bin: the Kullback-Leibler divergence taken both ways (Jeffreys 1946), as credit scoring
    uses it (Lewis 1994; Siddiqi 2006). Below 0.1 little has moved, and above 0.25 much. A share
    of nothing counts as 0.0001.

    Args:
        expected: (feature, bin, customers) of the distribution to compare with.
        actual: likewise, in the same bins. A bin that one of them lacks is empty in it.
    """
    none = ibis.literal(0, "int64")
    sides = (
        expected.select("feature", "bin", before=expected.customers.cast("int64"), after=none),
        actual.select("feature", "bin", before=none, after=actual.customers.cast("int64")),
    )
    both = ibis.union(*sides)
    bins = both.group_by("feature", "bin").agg(before=both.before.sum(), after=both.after.sum())
    shares = bins.select(
        "feature",
        before=ibis.greatest(_share(bins, "before"), LEAST_SHARE),
        after=ibis.greatest(_share(bins, "after"), LEAST_SHARE),
    )
    term = (shares.after - shares.before) * (shares.after / shares.before).ln()
    return shares.group_by("feature").agg(psi=term.sum())


def _share(bins: ir.Table, side: str) -> ir.Column:
    count = bins[side].cast("float64")
    return count / count.sum().over(group_by=bins.feature)

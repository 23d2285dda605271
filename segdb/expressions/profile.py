"""Profile: what the segments are, in a few aggregates over all customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from segdb.expressions.assign import identity
from segdb.expressions.quantiles import quantiles
from segdb.expressions.shallow_sums import added
from segdb.features.rfm import rfm_segment, scored, scores
from segdb.model import Model

QUANTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}


def sizes(assigned: ir.Table, value: Sequence[str]) -> ir.Table:
    """Return one row a cluster: ``nearest``, customers, squares, and ``value``.

    ``squares`` is the sum of squared distances to the centroid: over all clusters, the inertia.
    ``value`` is the mean of what its customers bring, the sum of these columns; NULL without any.
    """
    worth = total_value(assigned, value).mean() if value else ibis.null("float64")
    return assigned.group_by("nearest").agg(
        customers=assigned.count(),
        squares=(assigned.distance * assigned.distance).sum(),
        value=worth,
    )


def total_value(features: ir.Table, columns: Sequence[str]) -> ir.NumericValue:
    """Return of each customer what it brings: the sum of these columns, a missing one 0."""
    return added([features[name].cast("float64").fill_null(0.0) for name in columns])


def by_segment(assigned: ir.Table, names: Sequence[str]) -> ir.Table:
    """Return one row a cluster: its size, distances, and of feature i mean, sum and quantiles.

    The columns are ``nearest``, ``customers``, ``cohesion`` (mean distance), ``margin`` (mean),
    ``known_i`` (customers who have the feature), ``mean_i``, ``sum_i``, and ``p05_i`` to ``p95_i``.
    """
    columns = {
        "customers": assigned.count(),
        "cohesion": assigned.distance.mean(),
        "margin": assigned.margin.mean(),
    }
    for i, name in enumerate(names):
        column = assigned[name]
        columns |= {
            f"known_{i}": column.count(),
            f"mean_{i}": column.mean(),
            f"sum_{i}": column.sum(),
        }
        levels = quantiles(column, list(QUANTILES.values()))
        columns |= {f"{q}_{i}": level for q, level in zip(QUANTILES, levels, strict=True)}
    return assigned.group_by("nearest").agg(**columns)


def composite(features: ir.Table, measures: Mapping[str, tuple[float, float]]) -> ir.Table:
    """Return one row: ``sd``, of the customers' mean over their standardized features.

    Args:
        features: in natural units; a missing one counts as the mean.
        measures: mean and sd of each feature to take.
    """
    parts = [((features[name] - mean) / sd).fill_null(0.0) for name, (mean, sd) in measures.items()]
    return features.agg(sd=(added(parts) / len(parts)).std(how="pop"))


def typical(labelled: ir.Table, most: int) -> ir.Table:
    """Return (segment_id, place, customer_id, distance) of those nearest to each centroid."""
    # Whoever is not among the nearest is left out before anybody is sorted.
    reach = labelled.group_by("segment_id").agg(reach=_least(labelled.distance, most).maxs())
    near = labelled.join(
        reach, [labelled.segment_id == reach.segment_id, labelled.distance <= reach.reach]
    )
    window = ibis.window(group_by=near.segment_id, order_by=[near.distance, near.customer_id])
    ranked = near.mutate(place=(ibis.row_number().over(window) + 1).cast("int32"))
    nearest = ranked.filter(ranked.place <= most)
    return nearest.select("segment_id", "place", "customer_id", "distance")


def rfm_by_segment(
    assigned: ir.Table, edges: Mapping[str, Sequence[float]], model: Model
) -> ir.Table:
    """Return (rfm_segment, segment_id, segment, customers); empty without RFM segments."""
    rules = model.rfm
    if rules.segments:
        cells = scored(assigned, edges, rules)
        cells = cells.group_by("nearest", "rfm_segment").agg(customers=cells.count())
        name = cells.rfm_segment
    else:
        # Counted by the scores: no more than 25 rows a segment then need names.
        cells = scores(assigned, edges, rules)
        cells = cells.filter(cells.r_score.notnull(), cells.f_score.notnull())
        cells = cells.group_by("nearest", "r_score", "f_score").agg(customers=cells.count())
        name = rfm_segment(cells, edges)
    named = cells.select(
        rfm_segment=name, **identity(cells.nearest, model), customers=cells.customers
    )
    counted = named.group_by("rfm_segment", "segment_id", "segment")
    return counted.agg(customers=named.customers.sum().cast("int64"))


@ibis.udf.agg.builtin(name="min", signature=(("float64", "int64"), "array<float64>"))
def _least(_column, _most): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202

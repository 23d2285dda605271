"""Segment profiles: the figures of each segment, and from them its name and its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.config.playbook import Playbook
from segdb.engines.protocol import Database
from segdb.expressions.distributions import FIFTHS
from segdb.expressions.profile import by_segment, composite
from segdb.features.rfm import SCORES, scores
from segdb.model import Model
from segdb.steps.describe.naming import FEWEST, Profile, SegmentDescription, personas, score
from segdb.steps.describe.profiles import Groups, SegmentQuality
from segdb.steps.describe.rules import Figures
from segdb.steps.segment.cluster_metrics import separations
from segdb.steps.segment.fit import Fitted

_TENURE = "tenure_days"


@dataclass(frozen=True)
class DescribedSegments:
    """The segments with names and words.

    Attributes:
        model: with the segments' names.
        groups: what ``by_segment`` gave, by ``nearest``.
        descriptions: names, tiers and actions, in the order of the segments.
    """

    model: Model
    groups: Groups
    descriptions: tuple[SegmentDescription, ...]


def describe_segments(
    store: Database,
    assigned: ir.Table,
    model: Model,
    names: Sequence[str | None],
    whole: Mapping[str, Any],
    playbook: Playbook,
) -> DescribedSegments:
    """Profile the segments, name them, and say what to do with each.

    Args:
        store: where the customers are.
        assigned: the relation ``segdb_assigned``: every customer with ``nearest``.
        model: whose segments, in the order of ``nearest``, are not named yet.
        names: the name that each segment keeps from the last run; None for a new one.
        whole: what ``statistics`` gave of all customers.
        playbook: names and actions.
    """
    measured = by_segment(assigned, model.catalogue.names)
    groups = {row["nearest"]: row for row in store.rows(measured)}
    profiles = _naming_profiles(store, assigned, model, groups, whole)
    averages = {n: whole[f"mean_{i}"] or 0.0 for i, n in enumerate(model.catalogue.names)}
    matrix = [p.feature for p in model.matrix]
    categories = {
        entry.name: (entry.column or "", entry.value or "")
        for entry in model.catalogue.of("category")
    }
    descriptions = personas(profiles, names, averages, matrix, playbook, categories)
    segments = tuple(
        replace(segment, name=description.name)
        for segment, description in zip(model.segments, descriptions, strict=True)
    )
    return DescribedSegments(replace(model, segments=segments), groups, descriptions)


def segment_qualities(
    model: Model, fitted: Fitted, rules: Sequence[Figures]
) -> list[SegmentQuality]:
    """Return how good each segment is, in the order of the model.

    Args:
        model: the model of the segments.
        fitted: what K-Means gave.
        rules: rule, precision and recall of each.
    """
    separation = separations([segment.centroid for segment in model.segments])
    return [
        SegmentQuality(
            *rules[place],
            separation[place],
            fitted.silhouettes[place],
            fitted.stabilities[place],
            fitted.stability_errors[place],
        )
        for place in range(len(model.segments))
    ]


def _naming_profiles(
    store: Database,
    assigned: ir.Table,
    model: Model,
    groups: Mapping[int, Mapping[str, Any]],
    whole: Mapping[str, Any],
) -> list[Profile]:
    """Return what naming looks at, of each segment in the order of the model."""
    names = model.catalogue.names
    behaviour = _behaviour(store, assigned, model)
    # Recency alone, as an attribute may be called, tells nothing of how they buy.
    axes = "rfm" if len(model.score_edges) > 1 else ""
    spread = 1.0 if behaviour and axes else _composite_sd(store, assigned, model, whole)
    profiles = []
    for place in range(len(model.segments)):
        row, manner = groups.get(place, {}), behaviour.get(place, {})
        means, z = {}, {}
        for i, name in enumerate(names):
            center, sd = whole[f"mean_{i}"] or 0.0, whole[f"sd_{i}"]
            known = row.get(f"known_{i}", 0) >= min(FEWEST, row.get("customers", 0)) > 0
            means[name] = row[f"mean_{i}"] if known else center
            z[name] = (means[name] - center) / sd if sd else 0.0
        places = {axis: manner[axis] for axis in axes if manner.get(axis) is not None}
        if places and _TENURE in names:
            i = names.index(_TENURE)
            edges = [whole[f"{level}_{i}"] for level in FIFTHS]
            places["t"] = score(row.get(f"median_{i}") or 0.0, edges)
        standing = sum(z[p.feature] for p in model.matrix) / len(model.matrix) / spread
        profiles.append(Profile(means, z, places, manner.get("overdue"), standing))
    return profiles


def _composite_sd(
    store: Database, assigned: ir.Table, model: Model, whole: Mapping[str, Any]
) -> float:
    """Return the sd, over all customers, of the mean of their standardized features."""
    places = {name: i for i, name in enumerate(model.catalogue.names)}
    measures = {
        p.feature: (whole[f"mean_{places[p.feature]}"], whole[f"sd_{places[p.feature]}"])
        for p in model.matrix
    }
    query = composite(assigned, {n: (mean, sd) for n, (mean, sd) in measures.items() if sd})
    return float(store.rows(query)[0]["sd"] or 1.0)


def _behaviour(store: Database, assigned: ir.Table, model: Model) -> dict[int, dict[str, Any]]:
    """Return by segment the mean scores, and the share that is overdue."""
    names = model.catalogue.names
    if "recency_days" not in names:
        return {}
    table = scores(assigned, model.score_edges, model.rfm)
    columns = {
        column[0]: _of_five(table[column].cast("float64").mean(), model.score_edges[feature])
        for column, feature, _ in SCORES
        if feature in model.score_edges
    }
    mean_gap = _mean_gap(table, model)
    if mean_gap is not None:
        # GREATEST skips NULL, and a customer without a gap is not overdue.
        late = table.recency_days > 2.0 * ibis.greatest(mean_gap, 1.0)
        columns["overdue"] = late.cast("float64").mean(where=mean_gap.notnull())
    rows = store.rows(table.group_by("nearest").agg(**columns))
    return {row["nearest"]: row for row in rows}


def _of_five(mean: ir.FloatingScalar, edges: Sequence[float]) -> ir.FloatingScalar:
    """Return a mean score as one of the playbook's, from 1 to 5, however many scores there are."""
    return mean if len(edges) == 4 else 1.0 + (mean - 1.0) * 4.0 / len(edges)


def _mean_gap(table: ir.Table, model: Model) -> ir.Value | None:
    names = set(model.catalogue.names)
    if "days_between_orders" in names:
        fill = next(p.fill for p in model.parameters if p.feature == "days_between_orders")
        # A fill of 0 is no mean_gap: nobody has one, or the settings fill with zero.
        return table.days_between_orders.fill_null(fill) if fill else table.days_between_orders
    if {_TENURE, "frequency"} <= names:
        return (table.tenure_days - table.recency_days) / (table.frequency - 1).nullif(0)
    return None

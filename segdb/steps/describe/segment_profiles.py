"""Segment profiles: the figures of each segment, and from them its name and its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis.expr.types as ir

from segdb.config.personas import MOST
from segdb.engines.protocol import Database
from segdb.expressions.distributions import FIFTHS
from segdb.expressions.profile import by_segment, composite
from segdb.model import Model
from segdb.steps.describe.members import Members, MembersOfAll, members_of
from segdb.steps.describe.naming import SegmentDescription, describe, score
from segdb.steps.describe.profile import AllCustomers, Profile, Quartiles
from segdb.steps.describe.profiles import Groups, SegmentQuality
from segdb.steps.describe.rules import Figures
from segdb.steps.describe.segment_facts import DescribeOptions, SegmentFacts
from segdb.steps.describe.summary_text import names_of_flags
from segdb.steps.segment.cluster_metrics import separations
from segdb.steps.segment.fit import Fitted

# What fewer customers of a segment are known to be says nothing about it, and too much about them.
FEWEST = 5
_GAP = "days_between_orders"
# Axes of the playbook that are scored by the median of a feature.
_SCORED_MEDIANS = {"t": "tenure_days", "a": "average_order_value"}


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
    facts: SegmentFacts,
    whole: Mapping[str, Any],
    options: DescribeOptions,
) -> DescribedSegments:
    """Profile the segments, name them, and say what to do with each.

    Args:
        store: where the customers are.
        assigned: the relation ``segdb_assigned``: every customer with ``nearest``.
        model: whose segments, in the order of ``nearest``, are not named yet.
        facts: what else is known of them.
        whole: what ``statistics`` gave of all customers.
        options: names and actions, and what value is.
    """
    measured = by_segment(assigned, model.catalogue.names)
    groups = {row["nearest"]: row for row in store.rows(measured)}
    playbook, columns = options.playbook, model.catalogue.value(options.value)
    members = members_of(store, assigned, model, whole, playbook, columns)
    profiles = _profiles(model, groups, members, whole, facts)
    if playbook.by_place and not all(profile.scores for profile in profiles):
        spread = _composite_sd(store, assigned, model, whole)
        profiles = [replace(p, standing=p.standing / spread) for p in profiles]
    customers = _all_customers(model, groups, members, whole)
    descriptions = describe(profiles, facts.names, customers, playbook)
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


def _profiles(
    model: Model,
    groups: Groups,
    members: MembersOfAll,
    whole: Mapping[str, Any],
    facts: SegmentFacts,
) -> list[Profile]:
    """Return what naming looks at, of each segment in the order of the model."""
    names = model.catalogue.names
    profiles = []
    for place in range(len(model.segments)):
        row, of_segment = groups.get(place, {}), members.by_segment.get(place, Members())
        means, z = {}, {}
        for i, name in enumerate(names):
            center, sd = whole[f"mean_{i}"] or 0.0, whole[f"sd_{i}"]
            known = row.get(f"known_{i}", 0) >= min(FEWEST, row.get("customers", 0)) > 0
            means[name] = row[f"mean_{i}"] if known else center
            z[name] = (means[name] - center) / sd if sd else 0.0
        profiles.append(
            Profile(
                means=means,
                z=z,
                scores=_scores(names, row, of_segment, whole),
                members=of_segment,
                quartiles=_quartiles(names, row, of_segment),
                standing=sum(z[p.feature] for p in model.matrix) / len(model.matrix),
                stability=_at(facts.stabilities, place),
                measured=_at(facts.returns, place),
                alive=_at(facts.alive, place),
            )
        )
    return profiles


def _scores(
    names: Sequence[str], row: Mapping[str, Any], members: Members, whole: Mapping[str, Any]
) -> dict[str, float]:
    scores = dict(members.scores)
    for axis, name in _SCORED_MEDIANS.items():
        if scores and name in names:
            i = names.index(name)
            edges = [whole[f"{level}_{i}"] for level in FIFTHS]
            scores[axis] = score(row.get(f"median_{i}") or 0.0, edges)
    return scores


def _quartiles(
    names: Sequence[str], row: Mapping[str, Any], members: Members
) -> dict[str, Quartiles]:
    """Return the quartiles of what at least two thirds of a segment's customers have."""
    quartiles: dict[str, Quartiles] = {}
    for i, name in enumerate(names):
        if row.get(f"known_{i}", 0) >= MOST * row.get("customers", 0) > 0:
            quartiles[name] = (row[f"p25_{i}"], row[f"median_{i}"], row[f"p75_{i}"])
    # Orders of one day are no rhythm, and the feature counts them.
    quartiles.pop(_GAP, None)
    if _GAP in names and members.rhythm >= MOST and members.gaps is not None:
        quartiles[_GAP] = members.gaps
    return quartiles


def _all_customers(
    model: Model, groups: Groups, members: MembersOfAll, whole: Mapping[str, Any]
) -> AllCustomers:
    names = model.catalogue.names
    means = {n: whole[f"mean_{i}"] or 0.0 for i, n in enumerate(names)}
    known = {n: whole[f"median_{i}"] for i, n in enumerate(names)} | (
        {_GAP: members.usual_gap} if _GAP in names else {}
    )
    worth = [
        (row["customers"], members.by_segment[place].value)
        for place, row in groups.items()
        if place in members.by_segment
    ]
    total = sum(customers for customers, _ in worth)
    return AllCustomers(
        means=means,
        medians={name: median for name, median in known.items() if median is not None},
        matrix=[p.feature for p in model.matrix],
        categories={
            entry.name: (entry.column or "", entry.value or "")
            for entry in model.catalogue.of("category")
        },
        flags=names_of_flags(names, whole),
        value=None
        if any(value is None for _, value in worth) or not total
        else sum(customers * (value or 0.0) for customers, value in worth) / total,
    )


def _at(values: Sequence[Any], place: int) -> Any:
    return values[place] if place < len(values) else None


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

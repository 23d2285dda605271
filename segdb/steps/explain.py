"""Explain: the profile of each segment, and from it its name, its words and its rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.compile import quoted
from segdb.features.rfm import SCORES, scored
from segdb.model import Model
from segdb.stages.profile import by_segment, overall
from segdb.steps.personas import Profile, score
from segdb.store.duckdb import DuckDB

_TENURE = "tenure_days"


def measured(store: DuckDB, assigned: ir.Table, model: Model) -> tuple[dict[int, Any], Any]:
    """Return ``by_segment`` by place of the segment, and ``overall``."""
    names = model.catalogue.names
    groups = {row["nearest"]: row for row in store.rows(by_segment(assigned, names))}
    return groups, store.rows(overall(assigned, names))[0]


def naming_profiles(
    store: DuckDB,
    assigned: ir.Table,
    model: Model,
    groups: Mapping[int, Mapping[str, Any]],
    whole: Mapping[str, Any],
) -> list[Profile]:
    """Return what naming looks at, of each segment in the order of the model."""
    names = model.catalogue.names
    behaviour = _behaviour(store, assigned, model)
    profiles = []
    for place in range(len(model.segments)):
        row, manner = groups.get(place, {}), behaviour.get(place, {})
        means, z = {}, {}
        for i, name in enumerate(names):
            mean, center, sd = row.get(f"mean_{i}"), whole[f"mean_{i}"] or 0.0, whole[f"sd_{i}"]
            means[name] = center if mean is None else mean
            z[name] = (means[name] - center) / sd if sd else 0.0
        scores = {axis: manner[axis] for axis in "rfm" if manner.get(axis) is not None}
        if scores and _TENURE in names:
            i = names.index(_TENURE)
            edges = [whole[f"q{level}_{i}"] for level in (20, 40, 60, 80)]
            scores["t"] = score(row.get(f"median_{i}") or 0.0, edges)
        profiles.append(Profile(means, z, scores, manner.get("overdue")))
    return profiles


def _behaviour(store: DuckDB, assigned: ir.Table, model: Model) -> dict[int, dict[str, Any]]:
    """Return by segment the mean scores, and the share that is silent beyond its rhythm."""
    names = model.catalogue.names
    if "recency_days" not in names:
        return {}
    table = scored(assigned, model.score_edges)
    columns = {
        column[0]: table[column].cast("float64").mean()
        for column, feature, _ in SCORES
        if feature in model.score_edges
    }
    rhythm = _rhythm(table, model)
    if rhythm is not None:
        late = table.recency_days > 2.0 * ibis.greatest(rhythm, 1.0)
        columns["overdue"] = late.cast("float64").mean()
    rows = store.rows(table.group_by("nearest").agg(**columns))
    return {row["nearest"]: row for row in rows}


def _rhythm(table: ir.Table, model: Model) -> ir.Value | None:
    names = set(model.catalogue.names)
    if "days_between_orders" in names:
        fill = next(p.fill for p in model.parameters if p.feature == "days_between_orders")
        return table.days_between_orders.fill_null(fill)
    if {_TENURE, "frequency"} <= names:
        return (table.tenure_days - table.recency_days) / (table.frequency - 1).nullif(0)
    return None


def rule_sql(rule: Any, model: Model, missing: Mapping[str, int]) -> str:
    """Return a rule as a predicate over ``customer_features``.

    Args:
        rule: a disjunction of conjunctions of conditions.
        model: for the fills, where a feature may be missing.
        missing: how many customers lack each feature.
    """
    fills = {p.feature: p.fill for p in model.parameters}

    def condition(one: Any) -> str:
        name = quoted(one.feature)
        value = f"coalesce({name}, {fills[one.feature]!r})" if missing[one.feature] else name
        return f"{value} {one.operator} {one.threshold!r}"

    parts = [" AND ".join(condition(one) for one in part) for part in rule.conditions]
    return parts[0] if len(parts) == 1 else " OR ".join(f"({part})" for part in parts)


def rule_figures(
    store: DuckDB, assigned: ir.Table, rules: Sequence[str], relation: str
) -> list[tuple[float | None, float | None]]:
    """Return (precision, recall) of each segment's rule, counted in SQL over all customers.

    Args:
        store: where the customers are.
        assigned: its name is ``relation``; it has ``nearest``.
        rules: one predicate a segment, in order.
        relation: the name of the relation that the predicates are run on.
    """
    parts = []
    for place, rule in enumerate(rules):
        own = f"nearest = {place}"
        parts += [
            f"count(*) FILTER (WHERE ({rule}) AND {own}) AS both_{place}",
            f"count(*) FILTER (WHERE {rule}) AS found_{place}",
            f"count(*) FILTER (WHERE {own}) AS own_{place}",
        ]
    row = store.rows(f"SELECT {', '.join(parts)} FROM {quoted(relation)}")[0]  # noqa: S608
    figures: list[tuple[float | None, float | None]] = []
    for place in range(len(rules)):
        both, found, own = (row[f"{name}_{place}"] for name in ("both", "found", "own"))
        figures.append((both / found if found else None, both / own if own else None))
    return figures

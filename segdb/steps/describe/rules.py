"""Rules: a predicate over ``customer_features`` for each segment, with what it finds counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import ibis.expr.types as ir

from segdb.cluster.decision_rules import find
from segdb.cluster.matrix import Matrix
from segdb.cluster.simplify_rules import Condition, Rule
from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.coreset import all_customers, sample
from segdb.features.catalogue import REGISTRY
from segdb.model import Model
from segdb.sql import quoted, to_sql

Figures = tuple[str | None, float | None, float | None]


def find_rules(
    store: DuckDB, assigned: ir.Table, model: Model, *, matrix_rows: int, seed: int
) -> list[Figures]:
    """Return (rule, precision, recall) of each segment, in the order of the model.

    The trees are grown on the matrix's rows, or on a uniform sample of that size; precision and
    recall are counted in SQL over all customers.

    Args:
        store: where the customers are.
        assigned: every customer with ``nearest``.
        model: the model of the segments.
        matrix_rows: customers that the trees see, at most.
        seed: of their draw.
    """
    fills = {p.feature: p.fill for p in model.parameters}
    names = [p.feature for p in model.matrix]
    natural = assigned.select(
        "customer_id", "nearest", **{name: assigned[name].fill_null(fills[name]) for name in names}
    )
    counts = store.rows(
        assigned.agg(customers=assigned.count(), **{n: assigned[n].isnull().sum() for n in names})
    )[0]
    wanted = ["nearest", *names]
    few = counts["customers"] <= matrix_rows
    query = (
        all_customers(natural, wanted)
        if few
        else sample(natural, wanted, matrix_rows, counts["customers"], seed + 2)
    )
    matrix = Matrix.from_arrow(store.fetch(query), "customer_id", "weight")
    rules = find(matrix, "nearest", len(model.segments))
    binary = {entry.name for entry in model.catalogue.of("category")}
    texts = [None if rule is None else rule_sql(rule, fills, counts, binary) for rule in rules]
    return _counted(store, assigned, texts)


def rule_sql(
    rule: Rule,
    fills: Mapping[str, float],
    missing: Mapping[str, int],
    binary: Collection[str] = (),
) -> str:
    """Return a rule as a predicate over ``customer_features``, for a WHERE.

    Args:
        rule: a disjunction of conjunctions.
        fills: what a missing feature counts as.
        missing: how many customers lack each feature.
        binary: features that are 0 or 1.
    """

    def bounds(feature: str, conditions: Sequence[Condition]) -> str:
        name = feature if feature in REGISTRY else quoted(feature)
        if feature in binary:
            return f"{name} = {int(all(c.holds(1.0) for c in conditions))}"
        text = " AND ".join(f"{name} {c.operator} {_number(c.threshold)}" for c in conditions)
        # A comparison with NULL holds nowhere, which is right where the fill lies outside.
        if not missing[feature] or not all(c.holds(fills[feature]) for c in conditions):
            return text
        return f"({name} IS NULL OR {text})"

    def conjunction(part: Sequence[Condition]) -> str:
        by_feature: dict[str, list[Condition]] = {}
        for condition in part:
            by_feature.setdefault(condition.feature, []).append(condition)
        return " AND ".join(bounds(name, conditions) for name, conditions in by_feature.items())

    parts = [conjunction(part) for part in rule.conditions]
    return parts[0] if len(parts) == 1 else " OR ".join(f"({part})" for part in parts)


def _number(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)


def _counted(store: DuckDB, assigned: ir.Table, rules: Sequence[str | None]) -> list[Figures]:
    parts = []
    for place, rule in enumerate(rules):
        own = f"nearest = {place}"
        parts += [
            f"count(*) FILTER (WHERE ({rule or 'false'}) AND {own}) AS both_{place}",
            f"count(*) FILTER (WHERE {rule or 'false'}) AS chosen_{place}",
            f"count(*) FILTER (WHERE {own}) AS own_{place}",
        ]
    query = f"SELECT {', '.join(parts)} FROM ({to_sql(assigned, pretty=False)})"  # noqa: S608
    row = store.rows(query)[0]
    figures: list[Figures] = []
    for place, rule in enumerate(rules):
        both, chosen, own = (row[f"{name}_{place}"] for name in ("both", "chosen", "own"))
        precision = both / chosen if chosen else None
        figures.append((rule, precision, both / own if own else None))
    return figures

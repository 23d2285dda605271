"""Rules: a predicate over ``customer_features`` for each segment, with what it finds counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import ibis.expr.types as ir

from segdb.cluster.decision_rules import find
from segdb.cluster.matrix import Matrix
from segdb.cluster.simplify_rules import Boxes
from segdb.engines.protocol import Database
from segdb.expressions.coreset import all_customers, sample
from segdb.model import Model
from segdb.segment_rule import Bounds, Rule, to_sql

Figures = tuple[str | None, float | None, float | None]


def find_rules(
    store: Database, assigned: ir.Table, model: Model, *, matrix_rows: int, seed: int
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
    binary = {entry.name for entry in model.catalogue.of("category")}
    texts = [
        None if boxes is None else to_sql(rule(boxes, fills, counts, binary))
        for boxes in find(matrix, "nearest", len(model.segments))
    ]
    return count_rules(store, assigned, texts)


def rule(
    boxes: Boxes,
    fills: Mapping[str, float],
    missing: Mapping[str, int],
    binary: Collection[str] = (),
) -> Rule:
    """Return boxes of filled features as a rule over ``customer_features``.

    Args:
        boxes: alternatives.
        fills: what a missing feature counts as.
        missing: how many customers lack each feature.
        binary: features that are 0 or 1.
    """
    return tuple(
        tuple(
            Bounds(
                feature,
                low,
                high,
                or_missing=bool(missing[feature]) and low < fills[feature] <= high,
                flag=feature in binary,
            )
            for feature, (low, high) in box.items()
        )
        for box in boxes
    )


def count_rules(store: Database, assigned: ir.Table, rules: Sequence[str | None]) -> list[Figures]:
    """Return (rule, precision, recall) of rules that are there, counted over all customers.

    Args:
        store: where the customers are.
        assigned: every customer with ``nearest``.
        rules: a predicate over the features for each segment, None for none.
    """
    parts = []
    for place, text in enumerate(rules):
        in_cluster = f"nearest = {place}"
        parts += [
            f"count(*) FILTER (WHERE ({text or 'false'}) AND {in_cluster}) AS both_{place}",
            f"count(*) FILTER (WHERE {text or 'false'}) AS chosen_{place}",
            f"count(*) FILTER (WHERE {in_cluster}) AS own_{place}",
        ]
    query = f"SELECT {', '.join(parts)} FROM ({store.compile(assigned)}) AS assigned"  # noqa: S608
    row = store.rows(query)[0]
    figures: list[Figures] = []
    for place, text in enumerate(rules):
        both, chosen, in_cluster = (row[f"{name}_{place}"] for name in ("both", "chosen", "own"))
        precision = both / chosen if chosen else None
        figures.append((text, precision, both / in_cluster if in_cluster else None))
    return figures

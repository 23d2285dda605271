"""Drift baseline: how far the customers have moved since the model was learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir

from segdb import contract
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import is_whole
from segdb.expressions.distributions import TENTHS
from segdb.expressions.drift import MISSING, binned
from segdb.model import Model
from segdb.steps.describe.profiles import Rows
from segdb.steps.lifecycle.drift import drift_rows, sizes_now, sizes_of, stability


def learned_distribution(
    store: Database, features: ir.Table, names: Sequence[str], statistics: Mapping[str, Any]
) -> Rows:
    """Return the rows of ``learned_distribution``: where the customers are as the model is learned.

    Args:
        store: where they are.
        features: every feature in natural units.
        names: the features.
        statistics: what ``segdb.expressions.distributions.statistics`` gave of them.
    """
    deciles = {
        name: tuple(sorted({v for q in TENTHS if (v := statistics[f"{q}_{place}"]) is not None}))
        for place, name in enumerate(names)
    }
    edges = {name: bin_edges for name, bin_edges in deciles.items() if bin_edges}
    counts = {(r["feature"], r["bin"]): r["customers"] for r in store.rows(binned(features, edges))}
    return [
        {
            "feature": name,
            "bin": place,
            "upper": bin_edges[place] if 0 <= place < len(bin_edges) else None,
            "customers": counts.get((name, place), 0),
        }
        for name, bin_edges in edges.items()
        for place in range(MISSING, len(bin_edges) + 1)
    ]


def stored_distribution(store: Database, schema: str) -> Rows:
    """Return the rows of ``learned_distribution`` as they are published; none where it is gone."""
    if not is_whole(store, schema, contract.LEARNED_DISTRIBUTION):
        return []
    then = store.stored(schema, contract.LEARNED_DISTRIBUTION.name)
    return store.rows(then.order_by("feature", "bin"))


def drift_from_learned(
    store: Database, schema: str, run_id: int, learned_by: int, assigned: ir.Table, model: Model
) -> Rows:
    """Return the rows that a refresh adds to ``run_drift``: since the model was learned.

    Args:
        store: the database, with the run before still published.
        schema: where the tables are.
        run_id: the new run.
        learned_by: the run that learned the model: what the drift is measured against.
        assigned: the customers with ``nearest`` and every feature in natural units.
        model: the model.
    """
    moved: dict[str, float] = {}
    if is_whole(store, schema, contract.RUN_SEGMENTS):
        moved = stability(store, sizes_of(schema, learned_by), sizes_now(assigned, model))
    stored = stored_distribution(store, schema)
    edges = {
        name: tuple(r["upper"] for r in stored if r["feature"] == name and r["upper"] is not None)
        for name in dict.fromkeys(row["feature"] for row in stored)
        if name in model.catalogue.names
    }
    if edges:
        then = store.stored(schema, contract.LEARNED_DISTRIBUTION.name)
        counted = then.select("feature", "bin", "customers")
        by_feature = stability(store, counted, binned(assigned, edges))
        moved |= {name: by_feature[name] for name in edges if name in by_feature}
    return drift_rows(run_id, learned_by, moved)

"""Drift baseline: how far the customers have moved since the model was learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir

from segdb import contract
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.integrity import is_whole
from segdb.expressions.distributions import TENTHS
from segdb.expressions.drift import MISSING, binned
from segdb.model import Model
from segdb.steps.describe.profiles import Rows
from segdb.steps.lifecycle.drift import run_sizes, sizes_now, sizes_of, stability


def distribution(
    store: DuckDB, features: ir.Table, names: Sequence[str], statistics: Mapping[str, Any]
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
    edges = {name: own for name, own in deciles.items() if own}
    counts = {(r["feature"], r["bin"]): r["customers"] for r in store.rows(binned(features, edges))}
    return [
        {
            "feature": name,
            "bin": place,
            "upper": own[place] if 0 <= place < len(own) else None,
            "customers": counts.get((name, place), 0),
        }
        for name, own in edges.items()
        for place in range(MISSING, len(own) + 1)
    ]


def run_history_rows(
    store: DuckDB,
    schema: str,
    run_id: int,
    learned_by: int,
    assigned: ir.Table,
    model: Model,
    profiles: Rows,
) -> dict[contract.Table, Rows]:
    """Return what a run with a held model adds to ``run_segments`` and ``run_drift``, and keeps.

    Args:
        store: the database, with the run before still published.
        schema: where the tables are.
        run_id: the new run.
        learned_by: the run that learned the model: what the drift is measured against.
        assigned: the customers with ``nearest`` and every feature in natural units.
        model: the model.
        profiles: the rows of ``segment_profiles``.
    """
    moved: dict[str, float] = {}
    if is_whole(store, schema, contract.RUN_SEGMENTS):
        moved = stability(store, sizes_of(schema, learned_by), sizes_now(assigned, model))
    kept: Rows = []
    if is_whole(store, schema, contract.LEARNED_DISTRIBUTION):
        then = store.stored(schema, contract.LEARNED_DISTRIBUTION.name)
        kept = store.rows(then.order_by("feature", "bin"))
        edges = {
            name: tuple(r["upper"] for r in kept if r["feature"] == name and r["upper"] is not None)
            for name in dict.fromkeys(row["feature"] for row in kept)
        }
        if edges:
            counted = then.select("feature", "bin", "customers")
            edges = {name: own for name, own in edges.items() if name in model.catalogue.names}
            by_feature = stability(store, counted, binned(assigned, edges))
            moved |= {name: by_feature[name] for name in edges if name in by_feature}
    keys = {"run_id": run_id, "previous_run_id": learned_by}
    return {
        contract.RUN_SEGMENTS: run_sizes(run_id, profiles),
        contract.RUN_DRIFT: [{**keys, "feature": name, "psi": psi} for name, psi in moved.items()],
        contract.LEARNED_DISTRIBUTION: kept,
    }

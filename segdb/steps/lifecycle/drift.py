"""Drift: how far the customers of a run are from those of the run before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from segdb import contract
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import is_whole
from segdb.engines.publishing.run_archive import kept_features, published_run
from segdb.expressions.assign import labelled
from segdb.expressions.drift import DECILES, binned, deciles, stability_index
from segdb.model import Model
from segdb.steps.describe.profiles import Rows

# The name under which the sizes of the segments stand beside the features.
SIZES = "segment_id"


def drift_from_previous(
    store: Database, schema: str, run_id: int, assigned: ir.Table, model: Model
) -> Rows:
    """Return the rows that a run which learned its model adds to ``run_drift``.

    Args:
        store: the database, with the run before still published.
        schema: where the tables are.
        run_id: the new run.
        assigned: its customers with ``nearest`` and every feature in natural units.
        model: its model.
    """
    before = published_run(store, schema)
    if before is None or not is_whole(store, schema, contract.RUN_SEGMENTS):
        return []
    then = kept_features(store, schema, before)
    moved = stability(store, sizes_of(schema, before), sizes_now(assigned, model))
    if then is not None:
        moved |= drift_of_features(store, then, assigned, model.catalogue.names)
    return drift_rows(run_id, before, moved)


def drift_rows(run_id: int, from_run: int, moved: Mapping[str, float]) -> Rows:
    """Return the rows of ``run_drift`` of stability indices by feature."""
    keys = {"run_id": run_id, "previous_run_id": from_run}
    return [{**keys, "feature": name, "psi": psi} for name, psi in moved.items()]


def run_sizes(run_id: int, profiles: Rows) -> Rows:
    """Return the rows of ``run_segments``."""
    kept = ("segment_id", "segment", "customers", "customer_share")
    return [{"run_id": run_id, **{name: row[name] for name in kept}} for row in profiles]


def drift_of_features(
    store: Database, then: ir.Table, now: ir.Table, names: Sequence[str]
) -> dict[str, float]:
    """Return the population stability index of each feature that both tables have.

    The bins are the deciles of ``then``.
    """
    shared = [name for name in names if name in then.columns and then[name].type().is_numeric()]
    edges = {
        name: bin_edges for name, bin_edges in edges_of(store, then, shared).items() if bin_edges
    }
    if not edges:
        return {}
    moved = stability(store, binned(then, edges), binned(now, edges))
    return {name: moved[name] for name in edges}


def edges_of(
    store: Database, features: ir.Table, names: Sequence[str]
) -> Mapping[str, tuple[float, ...]]:
    """Return the deciles of each feature, equal ones once; none of a feature that nobody has."""
    if not names:
        return {}
    row = store.rows(deciles(features, names))[0]
    places = range(1, len(DECILES) + 1)
    moved = {name: {row[f"edge_{i}_{p}"] for p in places} for i, name in enumerate(names)}
    return {
        name: tuple(sorted(e for e in bin_edges if e is not None))
        for name, bin_edges in moved.items()
    }


def stability(store: Database, then: ir.Table, now: ir.Table) -> dict[str, float]:
    """Return the population stability index by feature of two binned distributions."""
    return {r["feature"]: float(r["psi"]) for r in store.rows(stability_index(then, now))}


def sizes_of(schema: str, run_id: int) -> ir.Table:
    """Return the sizes of a published or earlier run's segments, as a binned distribution."""
    types = {"run_id": "int64", "segment_id": "int32", "customers": "int64"}
    sizes = ibis.table(types, name=contract.RUN_SEGMENTS.name, database=schema)
    sizes_now = sizes.filter(sizes.run_id == run_id)
    return sizes_now.select("customers", feature=ibis.literal(SIZES), bin=sizes_now.segment_id)


def sizes_now(assigned: ir.Table, model: Model) -> ir.Table:
    """Return the sizes of the segments of a new run, as a binned distribution."""
    rows = labelled(assigned, model)
    grouped = rows.group_by(feature=ibis.literal(SIZES), bin=rows.segment_id)
    return grouped.agg(customers=rows.count())

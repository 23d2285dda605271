"""Diff runs: what moved from one run to another."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb import contract
from segdb.engines.protocol import Database
from segdb.engines.publishing.history import stays_of
from segdb.engines.publishing.run_archive import kept_features
from segdb.expressions.assign import assign, labelled
from segdb.expressions.transform import natural_value
from segdb.model import Model
from segdb.steps.describe.profiles import Rows
from segdb.steps.lifecycle.drift import drift_of_features, sizes_of, stability
from segdb.steps.lifecycle.load_run import StoredRun, stored_run
from segdb.steps.lifecycle.match_segments import in_new_units, shared_features
from segdb.steps.preprocess.learn import to_matrix

_FIGURES = (
    "as_of",
    "rows_read",
    "rows_kept",
    "rows_rejected",
    "customers",
    "k",
    "inertia",
    "silhouette",
)


@dataclass(frozen=True)
class Difference:
    """What moved between two runs, as rows for a table each.

    Attributes:
        figures: what of the runs' own rows differs.
        settings: the settings that differ, by dotted key.
        segments: one row a segment of either run, by its id.
        centroids: of the segments in both, where each feature was and is, natural units.
        drift: population stability index by feature, ``segment_id`` for the sizes.
        customers: from which segment to which; None where it is not known any more.
    """

    figures: Rows
    settings: Rows
    segments: Rows
    centroids: Rows
    drift: Rows
    customers: Rows | None


def difference(store: Database, schema: str, before: int, after: int) -> Difference:
    """Return what moved from one run to another.

    Args:
        store: the database.
        schema: where the tables are.
        before: a run.
        after: another run, earlier or later.

    Raises:
        UserError: there is no such run.
    """
    runs = stored_run(store, schema, before), stored_run(store, schema, after)
    listed = store.stored(schema, contract.RUNS.name)
    both = store.rows(listed.filter(listed.run_id.isin([before, after])))
    rows = {row["run_id"]: row for row in both}
    earlier, later = rows[before], rows[after]
    models = runs[0].model, runs[1].model
    return Difference(
        figures=_changes(_figures(earlier, models[0]), _figures(later, models[1])),
        settings=_changes(_flat(earlier["settings"]), _flat(later["settings"])),
        segments=_segments(store, schema, (before, after), models),
        centroids=_centroids(*models),
        drift=_drift(store, schema, (before, after), models[1]),
        customers=_customers(store, schema, runs),
    )


def _figures(run: Mapping[str, Any], model: Model) -> dict[str, Any]:
    matrix = ", ".join(p.feature for p in model.matrix)
    return {**{name: run[name] for name in _FIGURES}, "features of the matrix": matrix}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Rows:
    return [
        {"name": name, "before": before.get(name), "after": after.get(name)}
        for name in sorted({*before, *after}, key=[*before, *after].index)
        if before.get(name) != after.get(name)
    ]


def _flat(settings: str) -> dict[str, Any]:
    """Return settings by dotted key; how the columns were read is left out."""

    def walk(prefix: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or not value:
            return {prefix: value}
        return {
            k: v for key, part in value.items() for k, v in walk(f"{prefix}.{key}", part).items()
        }

    values = json.loads(settings)
    values.pop("inferred", None)
    return {k: v for key, one in values.items() for k, v in walk(key, one).items()}


def _segments(
    store: Database, schema: str, ids: tuple[int, int], models: tuple[Model, Model]
) -> Rows:
    stored = store.stored(schema, contract.RUN_SEGMENTS.name)
    both = store.rows(stored.filter(stored.run_id.isin(ids)))
    sizes = {(row["run_id"], row["segment_id"]): row for row in both}
    names = [{s.segment_id: s.name for s in model.segments} for model in models]
    moved = _moved(*models)
    rows: Rows = []
    for segment_id in sorted({*names[0], *names[1]}):
        row: dict[str, Any] = {"segment_id": segment_id}
        for run_id, side, segment_names in zip(ids, ("before", "after"), names, strict=True):
            size = sizes.get((run_id, segment_id), {})
            row[f"segment_{side}"] = segment_names.get(segment_id)
            row[f"customers_{side}"] = size.get("customers")
            row[f"share_{side}"] = size.get("customer_share")
        rows.append({**row, "centroid_moved": moved.get(segment_id)})
    return rows


def _moved(before: Model, after: Model) -> dict[int, float]:
    """Return how far each centroid moved, a feature (root mean square), in ``after``'s units."""
    shared = shared_features(after.catalogue, after.matrix, before)
    if not shared:
        return {}
    now = {
        s.segment_id: [after.scaled(s.centroid)[place] for place in shared] for s in after.segments
    }
    then = {s.segment_id: in_new_units(after.matrix, shared, s, before) for s in before.segments}
    return {
        segment_id: math.dist(now[segment_id], then[segment_id]) / math.sqrt(len(shared))
        for segment_id in then.keys() & now.keys()
    }


def _centroids(before: Model, after: Model) -> Rows:
    def places(model: Model) -> dict[tuple[int, str], float]:
        return {
            (segment.segment_id, p.feature): natural_value(p, value)
            for segment in model.segments
            for p, value in zip(model.matrix, model.scaled(segment.centroid), strict=True)
        }

    then, now = places(before), places(after)
    names = {s.segment_id: s.name for s in after.segments}
    return [
        {
            "segment_id": segment_id,
            "segment": names[segment_id],
            "feature": feature,
            "before": then[segment_id, feature],
            "after": value,
        }
        for (segment_id, feature), value in now.items()
        if (segment_id, feature) in then
    ]


def _drift(store: Database, schema: str, ids: tuple[int, int], after: Model) -> Rows:
    psi = stability(store, sizes_of(schema, ids[0]), sizes_of(schema, ids[1]))
    then, now = (kept_features(store, schema, run_id) for run_id in ids)
    if then is not None and now is not None:
        psi |= drift_of_features(store, then, now, after.catalogue.names)
    return [{"feature": name, "psi": index} for name, index in psi.items()]


def _customers(store: Database, schema: str, runs: tuple[StoredRun, StoredRun]) -> Rows | None:
    then, now = (_labels(store, schema, run) for run in runs)
    if then is None or now is None:
        return None
    # As text, since the ids of another source may be of another type.
    nowhere = ibis.null("string")
    both = ibis.union(
        then.select(key=then.customer_id.cast("string"), before=then.segment, after=nowhere),
        now.select(key=now.customer_id.cast("string"), before=nowhere, after=now.segment),
    )
    pairs = both.group_by("key").agg(before=both.before.max(), after=both.after.max())
    counted = pairs.group_by("before", "after").agg(customers=pairs.count())
    return store.rows(counted.order_by(ibis.desc("customers"), "before", "after"))


def _labels(store: Database, schema: str, run: StoredRun) -> ir.Table | None:
    """Return (customer_id, segment) of a run, or None where nothing tells it any more.

    The model makes it again of the features while those are there, and later the history tells
    it of every run that no other took the place of.
    """
    features = kept_features(store, schema, run.run_id)
    if features is not None:
        centroids = [segment.centroid for segment in run.model.segments]
        near = assign(to_matrix(features, run.model), run.model.columns, centroids)
        return labelled(near, run.model)
    return stays_of(store, schema, run.run_id)

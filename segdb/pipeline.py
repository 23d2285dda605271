"""The pipeline: every step of a run, read from top to bottom. It alone knows the order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from segdb import contract
from segdb.model import Model
from segdb.settings import Settings
from segdb.stages.assign import assign
from segdb.stages.components import in_matrix
from segdb.steps.choose import Sources
from segdb.steps.components import chosen, learn_axes
from segdb.steps.drift import grown
from segdb.steps.explain import explain
from segdb.steps.explore import explore
from segdb.steps.fit import Fitted, fit
from segdb.steps.gates import check
from segdb.steps.identity import identified, known
from segdb.steps.intake import Intake, take_in
from segdb.steps.learn import learn, prepared
from segdb.steps.maps import map_rows
from segdb.steps.progress import Progress
from segdb.steps.publish import contents, queries, versions
from segdb.steps.read import read_sources
from segdb.steps.stored import inferred_of
from segdb.store.duckdb import DuckDB
from segdb.store.publish import next_run, publish, refuse_ambiguous


@dataclass(frozen=True)
class Outcome:
    """What a run did.

    Attributes:
        run: its row of ``runs``.
        model: what was learned.
        segments: the rows of ``segment_profiles``.
        reasons: rejected rows by (source, reason).
    """

    run: Mapping[str, Any]
    model: Model
    segments: list[dict[str, Any]]
    reasons: Mapping[tuple[str, str], int]


def run(
    store: DuckDB, settings: Settings, orders: object, customers: object, progress: Progress
) -> Outcome:
    """Make segments of the sources and publish them.

    Args:
        store: the database to publish to.
        settings: the settings.
        orders: a path, table, SELECT or frame; None without orders.
        customers: likewise.
        progress: who hears of it.

    Raises:
        SegdbError: see ``segdb.errors``; whatever is raised, the last run's tables stay.
    """
    started = _now()
    schema = settings.publish.schema_
    refuse_ambiguous(store, schema)
    progress.step("Reading the sources")
    sources = read_sources(store, settings, orders, customers, progress)
    intake = take_in(store, settings, sources, progress)
    progress.step("Learning fills, bounds and scales")
    learned = learn(store, settings, intake, progress)
    unnamed = Model(intake.catalogue, learned.parameters, (), learned.score_edges)
    scaled = store.table("segdb_scaled", prepared(intake.features, unnamed.matrix))
    axes = learn_axes(store, scaled, unnamed.matrix)
    components = chosen(axes, settings.features.components, unnamed.matrix)
    if components is not None:
        unnamed = replace(unnamed, components=components)
        scaled = store.view("segdb_components", in_matrix(scaled, unnamed))
    fitted = fit(store, settings, intake, unnamed, scaled, axes, progress)
    earlier = known(store, schema, unnamed, axes)
    fitted, segments, names = identified(fitted, unnamed, earlier, settings.cluster.match_within)
    model = replace(unnamed, segments=segments)
    assigned = store.table("segdb_assigned", assign(scaled, model.columns, fitted.centroids))
    progress.step("Explaining the segments")
    explained = explain(
        store, settings, assigned, model, fitted, names, learned.statistics, progress
    )
    model = explained.model
    progress.step("Exploring the features")
    small = {
        contract.SEGMENT_PROFILES: explained.profiles,
        contract.SEGMENT_FEATURES: explained.features,
        contract.K_SELECTION: list(fitted.k_selection),
        **explore(store, intake.features, assigned, model, learned, axes),
        **map_rows(model, axes),
    }
    rejected_share = intake.accounts.rows_rejected / intake.accounts.rows_read
    check(settings.gates, fitted, rejected_share)
    progress.step("Publishing")
    row = _run_row(next_run(store, schema), started, settings, sources, intake, model, fitted)
    small |= grown(store, schema, row["run_id"], assigned, model, explained.profiles)
    large = queries(sources, intake, model, assigned, axes, row["run_id"])
    written = contents(schema, model, large, small, row)
    moment, keep_runs = intake.as_of or started, settings.publish.keep_runs
    publish(store, schema, written, row["run_id"], moment, keep_runs=keep_runs)
    return Outcome(row, model, explained.profiles, intake.accounts.reasons)


def _run_row(
    run_id: int,
    started: datetime,
    settings: Settings,
    sources: Sources,
    intake: Intake,
    model: Model,
    fitted: Fitted,
) -> dict[str, Any]:
    told = {**settings.model_dump(mode="json", by_alias=True), "inferred": inferred_of(sources)}
    return {
        "run_id": run_id,
        "started_at": started,
        "finished_at": _now(),
        "as_of": intake.as_of,
        "rows_read": intake.accounts.rows_read,
        "rows_kept": intake.accounts.rows_kept,
        "rows_rejected": intake.accounts.rows_rejected,
        "customers": intake.customers,
        "k": len(model.segments),
        "inertia": fitted.inertia,
        "silhouette": fitted.silhouette,
        "matrix_rows": fitted.matrix_rows,
        "matrix_inertia": fitted.matrix_inertia,
        "unrefined_inertia": fitted.unrefined_inertia,
        "refine_steps": fitted.refine_steps,
        "verdict": fitted.verdict,
        "clear": fitted.clear,
        "settings": json.dumps(told, ensure_ascii=False),
        "model": model.to_json(),
        "versions": versions(),
    }


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)

"""The pipeline: every step of a run, read from top to bottom. It alone knows the order."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Any

from segdb import contract
from segdb.checks.warning import DataWarning, most_important, stop_if_wrong
from segdb.config.playbook import text_of
from segdb.config.settings import Settings
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.integrity import refuse_strangers
from segdb.engines.duckdb.publish import next_run, publish, refuse_ambiguous
from segdb.engines.duckdb.run_archive import kept_aggregates
from segdb.expressions.assign import assign
from segdb.expressions.pca import in_matrix
from segdb.expressions.preprocess import preprocess
from segdb.model import Model
from segdb.steps.describe.explain import explain
from segdb.steps.describe.map_points import map_rows
from segdb.steps.describe.statistics import explore
from segdb.steps.features.aggregate_orders import ReusedAggregates
from segdb.steps.features.build_features import build_features
from segdb.steps.ingest.read_sources import read_sources
from segdb.steps.lifecycle.drift import drift_tables
from segdb.steps.lifecycle.drift_baseline import distribution, run_history_rows
from segdb.steps.lifecycle.fitted_run import FittedRun, now, run_row
from segdb.steps.lifecycle.load_run import stored_run
from segdb.steps.lifecycle.match_segments import match_segments, previous_run
from segdb.steps.lifecycle.refresh import (
    evaluate_fixed_model,
    measure_by_model,
    read_as_then,
    reading_from,
    reads_the_same,
)
from segdb.steps.preprocess.learn import learn
from segdb.steps.preprocess.pca import chosen_components
from segdb.steps.progress import Progress
from segdb.steps.publish.quality_gates import check
from segdb.steps.publish.tables import contents, queries
from segdb.steps.segment.fit import fit


@dataclass(frozen=True)
class Outcome:
    """What a run did.

    Attributes:
        run: its row of ``runs``.
        model: what was learned.
        segments: the rows of ``segment_profiles``.
        reasons: rejected rows by (source, reason).
        drift: rows of ``run_drift``: how far the customers moved.
        warnings: what of the data may make the result wrong, the most important ones.
    """

    run: Mapping[str, Any]
    model: Model
    segments: list[dict[str, Any]]
    reasons: Mapping[tuple[str, str], int]
    drift: list[dict[str, Any]]
    warnings: list[DataWarning]


def run(
    store: DuckDB, settings: Settings, orders: object, customers: object, progress: Progress
) -> Outcome:
    """Make segments of the sources and publish them.

    Args:
        store: the database to publish to.
        settings: the settings.
        orders: a path, table, SELECT or frame; None without orders.
        customers: likewise.
        progress: receives messages and warnings.

    Raises:
        SegdbError: see ``segdb.errors``; whatever is raised, the last run's tables stay.
    """
    started = now()
    schema = settings.publish.schema_
    refuse_ambiguous(store, schema)
    refuse_strangers(store, schema)
    playbook = text_of(settings.personas.playbook)
    progress.step("Reading the sources")
    sources = read_sources(store, settings, orders, customers, progress)
    stop_if_wrong(progress.warnings, settings.checks.accept)
    built = build_features(store, settings, sources, progress)
    stop_if_wrong(progress.warnings, settings.checks.accept)
    progress.step("Learning fills, bounds and scales")
    learned = learn(store, settings, built, progress)
    model = learned.model(built)
    scaled = store.table("segdb_scaled", preprocess(built.features, model.matrix))
    pca = learned.pca
    components = chosen_components(pca, settings.features.components, model.matrix)
    if components is not None:
        model = replace(model, components=components)
        scaled = store.view("segdb_components", in_matrix(scaled, model))
    fitted = fit(store, settings, built, model, scaled, pca, progress)
    earlier = previous_run(store, schema, model, pca)
    fitted, segments, names = match_segments(fitted, model, earlier, settings.cluster.match_within)
    model = replace(model, segments=segments)
    fitted_run = FittedRun(started, built, learned, scaled, model, fitted, names, playbook=playbook)
    return _published(store, settings, fitted_run, progress)


def refresh(
    store: DuckDB,
    schema: str,
    orders: object,
    customers: object,
    progress: Progress,
    trusted: Container[str] = (),
) -> Outcome:
    """Publish the segments of today's sources by the model that is published; nothing is learned.

    Args:
        store: the database of the segments.
        schema: where they are.
        orders: a source in the place of the published run's own; None for that one.
        customers: likewise.
        progress: receives messages and warnings.
        trusted: sources that may be read also where nothing proves that segdb named them.

    Raises:
        SegdbError: see ``segdb.errors``; whatever is raised, the last run's tables stay.
    """
    started = now()
    last = stored_run(store, schema)
    settings, model = reading_from(last.settings, orders, customers), last.model
    progress.step("Reading the sources")
    sources = read_as_then(store, last, progress, orders, customers, trusted)
    again = reads_the_same(sources, last)
    aggregates = kept_aggregates(store, schema, last.run_id) if again else None
    reused = ReusedAggregates(model.catalogue, aggregates, model.within)
    built = build_features(store, settings, sources, progress, reused)
    stop_if_wrong(progress.warnings, settings.checks.accept)
    progress.step("Assigning by the model")
    learned = measure_by_model(store, settings, built, model)
    scaled = store.table("segdb_scaled", preprocess(built.features, model.matrix))
    if model.components is not None:
        scaled = store.view("segdb_components", in_matrix(scaled, model))
    fitted = evaluate_fixed_model(store, settings, last, scaled, learned.pca, built.customers)
    names = tuple(segment.name for segment in model.segments)
    by, book = last.learned_by, last.playbook
    fitted_run = FittedRun(started, built, learned, scaled, model, fitted, names, by, book)
    return _published(store, settings, fitted_run, progress)


def _published(
    store: DuckDB, settings: Settings, fitted_run: FittedRun, progress: Progress
) -> Outcome:
    schema, built, fitted = settings.publish.schema_, fitted_run.built, fitted_run.fitted
    placed = assign(fitted_run.scaled, fitted_run.model.columns, fitted.centroids)
    assigned = store.table("segdb_assigned", placed)
    progress.step("Explaining the segments")
    statistics = fitted_run.learned.statistics
    explained = explain(
        store,
        settings,
        assigned,
        fitted_run.model,
        fitted,
        fitted_run.names,
        statistics,
        progress,
        fitted_run.playbook,
    )
    model = explained.model
    progress.step("Exploring the features")
    small = {
        contract.SEGMENT_PROFILES: explained.profiles,
        contract.SEGMENT_FEATURES: explained.features,
        contract.K_SELECTION: list(fitted.k_selection),
        **explore(store, built.features, assigned, model, fitted_run.learned),
        **map_rows(model, fitted_run.learned.pca),
    }
    check(settings.gates, fitted, built.accounts.rows_rejected / built.accounts.rows_read)
    progress.step("Publishing")
    run_id = next_run(store, schema)
    if fitted_run.learned_by is None:
        small |= drift_tables(store, schema, run_id, assigned, model, explained.profiles)
        features, names = built.features, model.catalogue.names
        small[contract.LEARNED_DISTRIBUTION] = distribution(store, features, names, statistics)
    else:
        by = fitted_run.learned_by
        small |= run_history_rows(store, schema, run_id, by, assigned, model, explained.profiles)
    warnings = most_important(progress.warnings, settings.checks.accept)
    row = run_row(run_id, settings, fitted_run, model, warnings)
    large = queries(built.sources, built, model, assigned, fitted_run.learned.pca, run_id)
    publish(
        store,
        schema,
        contents(schema, model, large, small, row),
        run_id,
        built.as_of or fitted_run.started,
        keep_runs=settings.publish.keep_runs,
        aggregates=built.aggregates,
    )
    drift = small[contract.RUN_DRIFT]
    return Outcome(row, model, explained.profiles, built.accounts.reasons, drift, warnings)

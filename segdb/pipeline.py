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
from segdb.expressions.preprocess import prepared
from segdb.model import Model
from segdb.steps.describe.explain import explain
from segdb.steps.describe.map_points import map_rows
from segdb.steps.describe.statistics import explore
from segdb.steps.features.aggregate_orders import Held
from segdb.steps.features.build_features import take_in
from segdb.steps.ingest.read_sources import read_sources
from segdb.steps.lifecycle.drift import grown
from segdb.steps.lifecycle.drift_baseline import distribution, held_rows
from segdb.steps.lifecycle.fitted_run import FittedRun, now, run_row
from segdb.steps.lifecycle.load_run import stored_run
from segdb.steps.lifecycle.match_segments import identified, known
from segdb.steps.lifecycle.refresh import hold, read_as_then, reading_from, reads_the_same, seen
from segdb.steps.preprocess.learn import learn
from segdb.steps.preprocess.pca import chosen
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
        progress: who hears of it.

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
    intake = take_in(store, settings, sources, progress)
    stop_if_wrong(progress.warnings, settings.checks.accept)
    progress.step("Learning fills, bounds and scales")
    learned = learn(store, settings, intake, progress)
    model = learned.model(intake)
    scaled = store.table("segdb_scaled", prepared(intake.features, model.matrix))
    axes = learned.axes
    components = chosen(axes, settings.features.components, model.matrix)
    if components is not None:
        model = replace(model, components=components)
        scaled = store.view("segdb_components", in_matrix(scaled, model))
    fitted = fit(store, settings, intake, model, scaled, axes, progress)
    earlier = known(store, schema, model, axes)
    fitted, segments, names = identified(fitted, model, earlier, settings.cluster.match_within)
    model = replace(model, segments=segments)
    found = FittedRun(started, intake, learned, scaled, model, fitted, names, playbook=playbook)
    return _published(store, settings, found, progress)


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
        progress: who hears of it.
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
    held = Held(model.catalogue, aggregates, model.within)
    intake = take_in(store, settings, sources, progress, held)
    stop_if_wrong(progress.warnings, settings.checks.accept)
    progress.step("Assigning by the model")
    learned = seen(store, settings, intake, model)
    scaled = store.table("segdb_scaled", prepared(intake.features, model.matrix))
    if model.components is not None:
        scaled = store.view("segdb_components", in_matrix(scaled, model))
    fitted = hold(store, settings, last, scaled, learned.axes, intake.customers)
    names = tuple(segment.name for segment in model.segments)
    by, book = last.learned_by, last.playbook
    found = FittedRun(started, intake, learned, scaled, model, fitted, names, by, book)
    return _published(store, settings, found, progress)


def _published(store: DuckDB, settings: Settings, found: FittedRun, progress: Progress) -> Outcome:
    schema, intake, fitted = settings.publish.schema_, found.intake, found.fitted
    placed = assign(found.scaled, found.model.columns, fitted.centroids)
    assigned = store.table("segdb_assigned", placed)
    progress.step("Explaining the segments")
    statistics = found.learned.statistics
    explained = explain(
        store,
        settings,
        assigned,
        found.model,
        fitted,
        found.names,
        statistics,
        progress,
        found.playbook,
    )
    model = explained.model
    progress.step("Exploring the features")
    small = {
        contract.SEGMENT_PROFILES: explained.profiles,
        contract.SEGMENT_FEATURES: explained.features,
        contract.K_SELECTION: list(fitted.k_selection),
        **explore(store, intake.features, assigned, model, found.learned),
        **map_rows(model, found.learned.axes),
    }
    check(settings.gates, fitted, intake.accounts.rows_rejected / intake.accounts.rows_read)
    progress.step("Publishing")
    run_id = next_run(store, schema)
    if found.learned_by is None:
        small |= grown(store, schema, run_id, assigned, model, explained.profiles)
        features, names = intake.features, model.catalogue.names
        small[contract.LEARNED_DISTRIBUTION] = distribution(store, features, names, statistics)
    else:
        by = found.learned_by
        small |= held_rows(store, schema, run_id, by, assigned, model, explained.profiles)
    warnings = most_important(progress.warnings, settings.checks.accept)
    row = run_row(run_id, settings, found, model, warnings)
    large = queries(intake.sources, intake, model, assigned, found.learned.axes, run_id)
    publish(
        store,
        schema,
        contents(schema, model, large, small, row),
        run_id,
        intake.as_of or found.started,
        keep_runs=settings.publish.keep_runs,
        aggregates=intake.aggregates,
    )
    drift = small[contract.RUN_DRIFT]
    return Outcome(row, model, explained.profiles, intake.accounts.reasons, drift, warnings)

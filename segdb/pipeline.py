"""The pipeline: every step of each job, read from top to bottom. It alone knows the order."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from segdb import contract
from segdb.checks.warning import most_important, stop_if_wrong
from segdb.config.playbook import playbook_of, text_of
from segdb.config.settings import Settings
from segdb.engines.protocol import Database
from segdb.engines.publishing.aggregates import kept_aggregates
from segdb.engines.publishing.integrity import refuse_strangers
from segdb.engines.publishing.publish import Publication, next_run, publish, refuse_ambiguous
from segdb.engines.publishing.run_archive import published_rejects, published_run
from segdb.inspect.schema_hints import SchemaHints
from segdb.steps.describe.map_points import map_rows
from segdb.steps.describe.profiles import feature_rows, profile_rows
from segdb.steps.describe.rules import count_rules, find_rules
from segdb.steps.describe.segment_profiles import describe_segments, segment_qualities
from segdb.steps.describe.statistics import explore
from segdb.steps.features.aggregate_orders import ReusedAggregates
from segdb.steps.features.build_features import build_features
from segdb.steps.features.options import FeatureOptions
from segdb.steps.ingest.read_sources import read_sources
from segdb.steps.ingest.resolve_columns import category_names
from segdb.steps.ingest.user_sql import UserExpressions, check_functions, user_sql_errors
from segdb.steps.lifecycle.common_customers import warn_without_common_customers
from segdb.steps.lifecycle.drift import drift_from_previous, run_sizes
from segdb.steps.lifecycle.drift_baseline import (
    drift_from_learned,
    learned_distribution,
    stored_distribution,
)
from segdb.steps.lifecycle.fitted_run import FittedRun, Outcome, now, run_row
from segdb.steps.lifecycle.load_run import stored_run
from segdb.steps.lifecycle.match_segments import match_segments, previous_run
from segdb.steps.lifecycle.refresh import (
    evaluate_fixed_model,
    measure_by_model,
    read_as_then,
    reading_from,
    reads_the_same,
)
from segdb.steps.lifecycle.stored_rules import stored_rules
from segdb.steps.preprocess.learn import learn
from segdb.steps.preprocess.options import PreprocessOptions
from segdb.steps.progress import Progress
from segdb.steps.publish.quality_gates import check
from segdb.steps.publish.tables import contents, queries
from segdb.steps.segment.fit import fit_segments
from segdb.steps.segment.scaled_customers import assign_segments, scale_customers


def fit(
    store: Database, settings: Settings, orders: object, customers: object, progress: Progress
) -> Outcome:
    """Make segments of the sources and publish them; arguments as for ``segdb.run``.

    Raises:
        SegdbError: see ``segdb.errors``; whatever is raised, the last run's tables stay.
    """
    started, schema = now(), settings.publish.schema_
    playbook = text_of(settings.personas.playbook)
    playbook_of(playbook)  # what is wrong in it is said before anything is read
    expressions = UserExpressions.of(settings)
    with store.attached():
        refuse_ambiguous(store, schema)
        refuse_strangers(store, schema)
        follows = published_run(store, schema)
        check_functions(store, expressions)
        progress.step("Reading the sources")
        with user_sql_errors(store, expressions):
            sources = read_sources(store, SchemaHints.of(settings), orders, customers, progress)
            stop_if_wrong(progress.warnings, settings.checks.accept)
            options, names = FeatureOptions.of(settings), category_names(store, schema)
            built = build_features(store, options, sources, progress, previous_names=names)
    stop_if_wrong(progress.warnings, settings.checks.accept)
    progress.step("Learning fills, bounds and scales")
    learned = learn(store, PreprocessOptions.of(settings), built, progress)
    model = learned.model(built, settings.features.components)
    scaled = scale_customers(store, built.features, model, learned.pca, built.customers)
    fitted = fit_segments(store, settings.cluster, scaled, progress)
    with store.attached():
        previous = previous_run(store, schema, model, learned.pca)
    fitted, segments, kept = match_segments(fitted, model, previous, settings.cluster.match_within)
    scaled = replace(scaled, model=replace(model, segments=segments))
    run = FittedRun(started, built, learned, scaled, fitted, kept, follows, playbook=playbook)
    return _describe_and_publish(store, settings, run, progress)


def refresh(
    store: Database,
    schema: str,
    orders: object,
    customers: object,
    progress: Progress,
    trusted: Container[object] = (),
) -> Outcome:
    """Publish the segments of today's sources by the model that is published; nothing is learned.

    Arguments are those of ``segdb.refresh``.

    Raises:
        SegdbError: see ``segdb.errors``; whatever is raised, the last run's tables stay.
    """
    started = now()
    with store.attached():
        last = stored_run(store, schema)
        settings, model = reading_from(last.settings, orders, customers), last.model
        expressions = UserExpressions.of(settings)
        check_functions(store, expressions)
        progress.step("Reading the sources")
        sources = read_as_then(store, last, progress, orders, customers, trusted)
        again = reads_the_same(sources, last)
        aggregates = kept_aggregates(store, schema, last.run_id) if again else None
        rejected = published_rejects(store, schema)
        reused = ReusedAggregates(model.catalogue, aggregates, rejected, last.run_id, model.within)
        with user_sql_errors(store, expressions):
            built = build_features(store, FeatureOptions.of(settings), sources, progress, reused)
        stop_if_wrong(progress.warnings, settings.checks.accept)
        progress.step("Assigning by the model")
        learned = measure_by_model(store, PreprocessOptions.of(settings), built, model)
        scaled = scale_customers(store, built.features, model, learned.pca, built.customers)
        fitted = evaluate_fixed_model(store, schema, settings.cluster, last, scaled)
        rules = stored_rules(store, schema, model)
    run = FittedRun(
        started,
        built,
        learned,
        scaled,
        fitted,
        names=tuple(segment.name for segment in model.segments),
        follows=last.run_id,
        learned_by=last.learned_by,
        playbook=last.playbook,
        rules=rules,
    )
    return _describe_and_publish(store, settings, run, progress)


def _describe_and_publish(
    store: Database, settings: Settings, fitted_run: FittedRun, progress: Progress
) -> Outcome:
    """Describe the segments of a fit or a refresh, and publish them."""
    schema, cluster = settings.publish.schema_, settings.cluster
    built, learned, fitted = fitted_run.built, fitted_run.learned, fitted_run.fitted
    statistics, learned_by = learned.statistics, fitted_run.learned_by
    assigned = assign_segments(store, fitted_run.scaled, fitted.centroids)
    progress.step("Explaining the segments")
    playbook, unnamed = playbook_of(fitted_run.playbook), fitted_run.scaled.model
    names = fitted_run.names
    described = describe_segments(store, assigned, unnamed, names, statistics, playbook)
    model, groups = described.model, described.groups
    progress.step("Finding rules")
    rows, seed = cluster.matrix_rows, cluster.seed
    if fitted_run.rules is None:
        rules = find_rules(store, assigned, model, matrix_rows=rows, seed=seed)
    else:
        rules = count_rules(store, assigned, fitted_run.rules)
    qualities = segment_qualities(model, fitted, rules)
    profiles = profile_rows(model, groups, described.descriptions, qualities)
    progress.step("Exploring the features")
    explored = explore(store, built.features, assigned, model, learned)
    check(settings.gates, fitted, built.accounts.rows_rejected / built.accounts.rows_read)
    progress.step("Publishing")
    with store.attached():
        run_id = next_run(store, schema)
        if learned_by is None:
            drift = drift_from_previous(store, schema, run_id, assigned, model)
            names_of_features = model.catalogue.names
            baseline = learned_distribution(store, built.features, names_of_features, statistics)
        else:
            drift = drift_from_learned(store, schema, run_id, learned_by, assigned, model)
            baseline = stored_distribution(store, schema)
        small = {
            contract.SEGMENT_PROFILES: profiles,
            contract.SEGMENT_FEATURES: feature_rows(model, groups, statistics),
            contract.K_SELECTION: list(fitted.k_selection),
            **explored,
            **map_rows(model, learned.pca),
            contract.RUN_SEGMENTS: run_sizes(run_id, profiles),
            contract.RUN_DRIFT: drift,
            contract.LEARNED_DISTRIBUTION: baseline,
        }
        warn_without_common_customers(store, schema, assigned, progress)
        warnings = most_important(progress.warnings, settings.checks.accept)
        row = run_row(run_id, settings, fitted_run, model, warnings)
        large = queries(store, built, model, assigned, learned.pca, run_id)
        moment, keep_runs = built.as_of or fitted_run.started, settings.publish.keep_runs
        tables = contents(store, schema, model, large, small, row)
    publication = Publication(
        run_id,
        moment,
        tables,
        keep_runs,
        aggregates=built.aggregates,
        follows=fitted_run.follows,
    )
    publish(store, schema, publication)
    return Outcome(row, model, profiles, built.accounts.reasons, drift, warnings)

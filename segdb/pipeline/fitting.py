"""Fit: segments of the sources, learned and published."""

from __future__ import annotations

from dataclasses import replace

from segdb.checks.warning import stop_if_wrong
from segdb.config.playbook import playbook_of, text_of
from segdb.config.settings import Settings
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import refuse_strangers
from segdb.engines.publishing.publish import refuse_ambiguous
from segdb.engines.publishing.run_archive import published_run
from segdb.inspect.schema_hints import SchemaHints
from segdb.pipeline.foreseeing import foresee
from segdb.pipeline.publishing import describe_and_publish
from segdb.steps.features.build_features import build_features
from segdb.steps.features.options import FeatureOptions
from segdb.steps.ingest.read_sources import read_sources
from segdb.steps.ingest.resolve_columns import category_names
from segdb.steps.ingest.user_sql import UserExpressions, check_functions, user_sql_errors
from segdb.steps.lifecycle.fitted_run import FittedRun, Outcome, now
from segdb.steps.lifecycle.match_segments import match_segments, previous_run
from segdb.steps.preprocess.learn import learn
from segdb.steps.preprocess.options import PreprocessOptions
from segdb.steps.progress import Progress
from segdb.steps.segment.fit import fit_segments
from segdb.steps.segment.scaled_customers import scale_customers


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
    fitted = fit_segments(store, settings.cluster, scaled, progress, settings.features.value)
    with store.attached():
        previous = previous_run(store, schema, model, learned.pca)
        within = settings.cluster.match_within
        fitted, segments, kept = match_segments(fitted, model, previous, within)
        model = replace(model, segments=segments)
        foresight = foresee(store, settings, built, model, progress)
    scaled = replace(scaled, model=replace(model, value=foresight.value.model))
    run = FittedRun(
        started, built, learned, scaled, fitted, kept, follows, foresight, playbook=playbook
    )
    return describe_and_publish(store, settings, run, progress)

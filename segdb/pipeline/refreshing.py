"""Refresh: segments of today's sources by the model that is published."""

from __future__ import annotations

from collections.abc import Container

from segdb.checks.warning import stop_if_wrong
from segdb.engines.protocol import Database
from segdb.engines.publishing.aggregates import kept_aggregates
from segdb.engines.publishing.run_archive import published_rejects
from segdb.pipeline.publishing import describe_and_publish
from segdb.steps.features.aggregate_orders import ReusedAggregates
from segdb.steps.features.build_features import build_features
from segdb.steps.features.options import FeatureOptions
from segdb.steps.ingest.user_sql import UserExpressions, check_functions, user_sql_errors
from segdb.steps.lifecycle.fitted_run import FittedRun, Outcome, now
from segdb.steps.lifecycle.load_run import stored_run
from segdb.steps.lifecycle.refresh import (
    evaluate_fixed_model,
    measure_by_model,
    read_as_then,
    reading_from,
    reads_the_same,
)
from segdb.steps.lifecycle.stored_rules import stored_rules
from segdb.steps.preprocess.options import PreprocessOptions
from segdb.steps.progress import Progress
from segdb.steps.segment.scaled_customers import scale_customers
from segdb.steps.value.foresight import stored_foresight


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
        foresight = stored_foresight(store, schema, model, built)
    run = FittedRun(
        started,
        built,
        learned,
        scaled,
        fitted,
        names=tuple(segment.name for segment in model.segments),
        follows=last.run_id,
        foresight=foresight,
        learned_by=last.learned_by,
        playbook=last.playbook,
        rules=rules,
    )
    return describe_and_publish(store, settings, run, progress)

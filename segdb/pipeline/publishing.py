"""Publishing: the segments of a fit or a refresh, described and published."""

from __future__ import annotations

from dataclasses import replace

import ibis.expr.types as ir

from segdb import contract
from segdb.checks.warning import most_important
from segdb.config.playbook import playbook_of
from segdb.config.settings import Settings
from segdb.engines.protocol import Database
from segdb.engines.publishing.publish import Publication, next_run, publish
from segdb.model import Model
from segdb.steps.describe.map_points import map_rows
from segdb.steps.describe.profiles import Rows, feature_rows, profile_rows
from segdb.steps.describe.rules import count_rules, find_rules
from segdb.steps.describe.segment_facts import DescribeOptions, SegmentFacts
from segdb.steps.describe.segment_profiles import describe_segments, segment_qualities
from segdb.steps.describe.statistics import explore
from segdb.steps.lifecycle.common_customers import warn_without_common_customers
from segdb.steps.lifecycle.drift import drift_from_previous, run_sizes
from segdb.steps.lifecycle.drift_baseline import (
    drift_from_learned,
    learned_distribution,
    stored_distribution,
)
from segdb.steps.lifecycle.fitted_run import FittedRun, Outcome, run_row
from segdb.steps.progress import Progress
from segdb.steps.publish.quality_gates import check
from segdb.steps.publish.tables import contents, queries, value_queries
from segdb.steps.segment.scaled_customers import assign_segments
from segdb.steps.value.customers import value_customers
from segdb.steps.value.foresight import returns_of, with_names


def describe_and_publish(
    store: Database, settings: Settings, fitted_run: FittedRun, progress: Progress
) -> Outcome:
    """Describe the segments of a fit or a refresh, and publish them."""
    schema, cluster = settings.publish.schema_, settings.cluster
    built, learned, fitted = fitted_run.built, fitted_run.learned, fitted_run.fitted
    statistics = learned.statistics
    assigned = assign_segments(store, fitted_run.scaled, fitted.centroids)
    progress.step("Explaining the segments")
    unnamed, foresight = fitted_run.scaled.model, fitted_run.foresight
    valued = value_customers(store, foresight.value, assigned)
    returns, alive = returns_of(foresight.tested, unnamed), valued.alive(unnamed)
    facts = SegmentFacts(fitted_run.names, fitted.stabilities, returns, alive)
    options = DescribeOptions(playbook_of(fitted_run.playbook), settings.features.value)
    described = describe_segments(store, assigned, unnamed, facts, statistics, options)
    model, groups = described.model, described.groups
    progress.step("Finding rules")
    if fitted_run.rules is None:
        rows, seed = cluster.matrix_rows, cluster.seed
        rules = find_rules(store, assigned, model, matrix_rows=rows, seed=seed)
    else:
        rules = count_rules(store, assigned, fitted_run.rules)
    qualities = segment_qualities(model, fitted, rules)
    expected = valued.by_segment
    profiles = profile_rows(model, groups, described.descriptions, qualities, expected)
    progress.step("Exploring the features")
    explored = explore(store, built.features, assigned, model, learned)
    check(settings.gates, fitted, built.accounts.rows_rejected / built.accounts.rows_read)
    progress.step("Publishing")
    with store.attached():
        run_id = next_run(store, schema)
        drift, baseline = _drift(store, schema, run_id, fitted_run, assigned, model)
        small = {
            contract.SEGMENT_PROFILES: profiles,
            contract.SEGMENT_FEATURES: feature_rows(model, groups, statistics),
            contract.K_SELECTION: list(fitted.k_selection),
            **explored,
            **map_rows(model, learned.pca),
            contract.RUN_SEGMENTS: run_sizes(run_id, profiles),
            contract.RUN_DRIFT: drift,
            contract.LEARNED_DISTRIBUTION: baseline,
            **replace(foresight, tested=with_names(foresight.tested, model)).rows(valued),
        }
        warn_without_common_customers(store, schema, assigned, progress)
        warnings = most_important(progress.warnings, settings.checks.accept)
        row = run_row(run_id, settings, fitted_run, model, warnings)
        large = {
            **queries(store, built, model, assigned, learned.pca, run_id),
            **value_queries(store, schema, built, model, valued.table, run_id),
        }
        moment, keep_runs = built.as_of or fitted_run.started, settings.publish.keep_runs
        tables = contents(store, schema, model, large, small, row)
    kept, follows = built.aggregates, fitted_run.follows
    run = Publication(run_id, moment, tables, keep_runs, aggregates=kept, follows=follows)
    publish(store, schema, run)
    return Outcome(row, model, profiles, built.accounts.reasons, drift, warnings)


def _drift(
    store: Database,
    schema: str,
    run_id: int,
    fitted_run: FittedRun,
    assigned: ir.Table,
    model: Model,
) -> tuple[Rows, Rows]:
    """Return how far the customers moved, and how they lay when the model was learned."""
    learned_by = fitted_run.learned_by
    if learned_by is not None:
        drift = drift_from_learned(store, schema, run_id, learned_by, assigned, model)
        return drift, stored_distribution(store, schema)
    drift = drift_from_previous(store, schema, run_id, assigned, model)
    features, statistics = fitted_run.built.features, fitted_run.learned.statistics
    names = model.catalogue.names
    return drift, learned_distribution(store, features, names, statistics)

"""Backtest: the run as it would have been made on an earlier day, and what came after it.

Nothing behind the cut is seen by it: the orders of the horizon are read afterwards.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import ibis.expr.types as ir

from segdb.cluster.k_scan import DRAWS, Draws
from segdb.config.settings import Settings
from segdb.engines.protocol import Database
from segdb.engines.publishing.publish import Content, publish_additional
from segdb.errors import DataError, UserError
from segdb.model import Model
from segdb.steps.backtest.cuts import (
    Cut,
    cuts_of,
    orders_within_horizon,
    sample_customers,
    sources_before,
)
from segdb.steps.backtest.measure_outcomes import (
    Backtest,
    CutSegments,
    measure_outcomes,
    orders_after,
)
from segdb.steps.features.aggregate_orders import ReusedAggregates
from segdb.steps.features.build_features import build_features
from segdb.steps.features.options import FeatureOptions
from segdb.steps.ingest.resolve_columns import Sources
from segdb.steps.ingest.user_sql import UserExpressions, check_functions
from segdb.steps.lifecycle.load_run import stored_run
from segdb.steps.lifecycle.match_segments import compared_run, match_segments
from segdb.steps.lifecycle.refresh import read_as_then, reading_from
from segdb.steps.preprocess.learn import learn
from segdb.steps.preprocess.options import PreprocessOptions
from segdb.steps.progress import Notes, Progress
from segdb.steps.segment.fit import fit_segments
from segdb.steps.segment.scaled_customers import assign_segments, scale_customers
from segdb.steps.value.customers import expected_of
from segdb.steps.value.foresight import tables, with_names
from segdb.steps.value.horizon import Extent, extent_of
from segdb.steps.value.learn_value import learn_value

# Fewer customers before the cut say nothing of segments.
MIN_CUSTOMERS = 100


@dataclass(frozen=True)
class BacktestJob:
    """What a backtest of the published segments takes.

    Attributes:
        cuts: the days; empty for one, as long before the last order as the horizon is.
        horizon: days to look ahead; None as the run did.
        orders: a source in the place of the run's own.
        customers: likewise.
        trusted: of the run's own sources, which may be read where nothing proves them.
    """

    cuts: tuple[date, ...] = ()
    horizon: int | None = None
    orders: object = None
    customers: object = None
    trusted: Container[object] = ()


def backtest(
    store: Database,
    settings: Settings,
    sources: Sources,
    today: tuple[Model, ir.Table],
    cuts: Sequence[Cut],
    progress: Progress,
) -> Backtest:
    """Hold the segments of each cut against what their customers did in the horizon after it.

    Args:
        store: where the sources are.
        settings: of the run.
        sources: its sources, orders among them, as they are read in the end.
        today: the model of the run, with its segments, and the features of its customers: a
            segment of a cut has the id and the name of the one that it matches.
        cuts: the days.
        progress: receives a note where a cut cannot be tested.
    """
    tested = Backtest()
    for cut in cuts:
        progress.step(f"Testing the segments of {cut.moment:%Y-%m-%d}")
        with store.scratch("cut") as scratch:
            try:
                tested += _test_cut(scratch, settings, sources, today, cut)
            # What the settings ask for may not be there yet, as a feature that was constant then.
            except UserError as error:
                progress.note(f"No backtest of {cut.moment:%Y-%m-%d}: {error}")
    return tested


def backtest_published(
    store: Database,
    schema: str,
    job: BacktestJob,
    progress: Progress,
) -> Backtest:
    """Test the segments of earlier days against those of the published run, and publish that.

    Args:
        store: the database of the segments.
        schema: where they are.
        job: which days, and the sources.
        progress: receives messages and warnings.

    Raises:
        SegdbError: see ``segdb.errors``; what was published is as it was.
    """
    with store.attached():
        last = stored_run(store, schema)
        settings, model = reading_from(last.settings, job.orders, job.customers), last.model
        asked = {"cuts": job.cuts} | ({"horizon": job.horizon} if job.horizon else {})
        settings = settings.changed({"backtest": asked})
        check_functions(store, UserExpressions.of(settings))
        progress.step("Reading the sources")
        sources = read_as_then(store, last, progress, job.orders, job.customers, job.trusted)
        if sources.orders is None:
            raise UserError(
                f"Run {last.run_id} has no orders: without dates there is no past to test."
            )
        options = replace(FeatureOptions.of(settings), days=True)
        reused = ReusedAggregates(model.catalogue, None, None, last.run_id, model.within)
        built = build_features(store, options, sources, progress, reused)
        assert built.counts is not None  # noqa: S101 - there are orders
        extent = extent_of(store, built.counts)
        cuts = cuts_of_run(settings, extent)
        if not cuts:
            raise DataError(
                f"The orders are of {extent.days:,} days: too few to test the segments of an "
                "earlier day on those that came next."
            )
        tested = backtest(store, settings, built.sources, (model, built.features), cuts, progress)
        if not tested.outcomes:
            raise DataError(progress.notes[-1])
    tested = with_names(tested, model)
    publish_additional(store, schema, [Content(t, rows, {}) for t, rows in tables(tested).items()])
    return tested


def cuts_of_run(settings: Settings, extent: Extent) -> tuple[Cut, ...]:
    """Return the days that a run tests; none where its history is too short.

    Args:
        settings: of the run.
        extent: how much history there is.

    Raises:
        SettingsError: a day of the settings has no history, or no horizon behind it.
    """
    last = date(1970, 1, 1) + timedelta(days=extent.last_day)
    first = last - timedelta(days=extent.days)
    horizon = extent.horizon(settings.backtest.horizon)
    if not settings.backtest.cuts and extent.days < 2 * horizon:
        return ()
    return cuts_of(settings.backtest.cuts, horizon, first, last)


def _test_cut(
    store: Database,
    settings: Settings,
    sources: Sources,
    today: tuple[Model, ir.Table],
    cut: Cut,
) -> Backtest:
    """Return the backtest of one day."""
    quiet, options = Notes(), replace(FeatureOptions.of(settings), as_of=cut.moment, days=True)
    model_of_today, features_of_today = today
    number = int(store.rows(features_of_today.agg(n=features_of_today.count()))[0]["n"])
    ids = sample_customers(store, features_of_today, number, settings.backtest.sample)
    built = build_features(store, options, sources_before(store, sources, cut, ids), quiet)
    if built.customers < MIN_CUSTOMERS:
        raise DataError(f"{built.customers} customers had ordered, and {MIN_CUSTOMERS} are needed.")
    learned = learn(store, PreprocessOptions.of(settings), built, quiet)
    model = learned.model(built, settings.features.components)
    scaled = scale_customers(store, built.features, model, learned.pca, built.customers)
    # k is chosen as in a run; what is only told of the segments is left out.
    draws = DRAWS if settings.cluster.criterion == "gap" else Draws(references=0, resamples=0)
    fitted = fit_segments(store, settings.cluster, scaled, quiet, settings.features.value, draws)
    unused = max(segment.segment_id for segment in model_of_today.segments) + 1
    same = compared_run(store, model, learned.pca, model_of_today, features_of_today, unused)
    fitted, segments, names = match_segments(fitted, model, same, settings.cluster.match_within)
    model = replace(
        model,
        segments=tuple(
            replace(segment, name=name or f"Segment {segment.segment_id} of that day")
            for segment, name in zip(segments, names, strict=True)
        ),
    )
    assigned = assign_segments(store, replace(scaled, model=model), fitted.centroids)
    assert built.counts is not None  # noqa: S101 - there are orders
    extent = extent_of(store, built.counts)
    value = learn_value(store, settings.value, built, extent, cut.horizon_days)
    then = CutSegments(assigned, model, built.counts, expected_of(store, value))
    counting = replace(options, as_of=None, watermark=None)
    with store.scratch("horizon") as later:
        after = orders_after(later, counting, orders_within_horizon(later, sources, cut, ids))
        return measure_outcomes(store, cut, then, after)

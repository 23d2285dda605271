"""Backtest: the run as it would have been made on an earlier day, and what came after it.

Nothing behind the cut is seen by it: the orders of the horizon are read afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import ibis.expr.types as ir

from segdb.config.settings import Settings
from segdb.engines.protocol import Database
from segdb.errors import DataError
from segdb.model import Model
from segdb.steps.backtest.cuts import Cut, came_after, cuts_of, known_at
from segdb.steps.backtest.measure_outcomes import (
    Backtest,
    SegmentsThen,
    measure_outcomes,
    orders_after,
)
from segdb.steps.features.build_features import build_features
from segdb.steps.features.options import FeatureOptions
from segdb.steps.ingest.resolve_columns import Sources
from segdb.steps.lifecycle.match_segments import compared_run, match_segments
from segdb.steps.preprocess.learn import learn
from segdb.steps.preprocess.options import PreprocessOptions
from segdb.steps.progress import Notes, Progress
from segdb.steps.segment.fit import fit_segments
from segdb.steps.segment.scaled_customers import assign_segments, scale_customers
from segdb.steps.value.customers import expected_of
from segdb.steps.value.horizon import Extent, extent_of
from segdb.steps.value.learn_value import learn_value

# Fewer customers before the cut say nothing of segments.
MIN_CUSTOMERS = 100


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
                tested += _at(scratch, settings, sources, today, cut)
            except DataError as error:
                progress.note(f"No backtest of {cut.moment:%Y-%m-%d}: {error}")
    return tested


def cuts_of_run(settings: Settings, extent: Extent, last: date) -> tuple[Cut, ...]:
    """Return the days that a run tests; none where its history is too short.

    Args:
        settings: of the run.
        extent: how much history there is.
        last: the day of the last order.

    Raises:
        SettingsError: a day of the settings has no history, or no horizon behind it.
    """
    first = last - timedelta(days=extent.days)
    horizon = extent.horizon(settings.backtest.horizon)
    if not settings.backtest.cuts and extent.days < 2 * horizon:
        return ()
    return cuts_of(settings.backtest.cuts, horizon, first, last)


def _at(
    store: Database,
    settings: Settings,
    sources: Sources,
    today: tuple[Model, ir.Table],
    cut: Cut,
) -> Backtest:
    """Return the backtest of one day."""
    quiet, options = Notes(), replace(FeatureOptions.of(settings), as_of=cut.moment, days=True)
    built = build_features(store, options, known_at(store, sources, cut), quiet)
    if built.customers < MIN_CUSTOMERS:
        raise DataError(f"{built.customers} customers had ordered, and {MIN_CUSTOMERS} are needed.")
    learned = learn(store, PreprocessOptions.of(settings), built, quiet)
    model = learned.model(built, settings.features.components)
    scaled = scale_customers(store, built.features, model, learned.pca, built.customers)
    fitted = fit_segments(store, settings.cluster, scaled, quiet)
    model_of_today, features_of_today = today
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
    then = SegmentsThen(assigned, model, built.counts, expected_of(store, value))
    counting = replace(options, as_of=None, watermark=None)
    with store.scratch("horizon") as later:
        after = orders_after(later, counting, came_after(later, sources, cut))
        return measure_outcomes(store, cut, then, after)

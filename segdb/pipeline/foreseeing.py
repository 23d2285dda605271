"""Foresee: customer value learned, and the segments of an earlier day tested, within a run."""

from __future__ import annotations

from segdb.config.settings import Settings
from segdb.engines.protocol import Database
from segdb.model import Model
from segdb.pipeline.backtesting import backtest, cuts_of_run
from segdb.steps.backtest.measure_outcomes import Backtest
from segdb.steps.features.build_features import BuiltFeatures
from segdb.steps.progress import Progress
from segdb.steps.value.foresight import Foresight
from segdb.steps.value.horizon import extent_of
from segdb.steps.value.learn_value import LearnedValue, learn_value


def foresee(
    store: Database, settings: Settings, built: BuiltFeatures, model: Model, progress: Progress
) -> Foresight:
    """Learn customer value, and test the segments of an earlier day.

    Args:
        store: where the customers are.
        settings: of the run.
        built: its customers.
        model: with segments, whose names are not chosen yet.
        progress: receives messages and notes.
    """
    if built.counts is None or "first_day" not in built.counts.columns:
        why = "there are no orders" if built.counts is None else '[value] model is "none"'
        return Foresight(LearnedValue(None, None, why), Backtest())
    progress.step("Learning customer value")
    extent = extent_of(store, built.counts)
    horizon = extent.horizon(settings.backtest.horizon)
    value = learn_value(store, settings.value, built, extent, horizon)
    if settings.value.model != "none":
        progress.note(f"Customer value: {value.note}.")
    tested = Backtest()
    if settings.backtest.every_run:
        cuts = cuts_of_run(settings, extent)
        if not cuts and settings.backtest.horizon != "auto":
            progress.note(
                f"No backtest: the orders are of {extent.days:,} days, and a horizon of {horizon} "
                f"takes {2 * horizon:,}."
            )
        today = (model, built.features)
        tested = backtest(store, settings, built.sources, today, cuts, progress)
        for sentence in tested.verdicts:
            progress.note(sentence)
    return Foresight(value, tested)

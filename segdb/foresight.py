"""Foresight: what customers are expected to do, and how the segments of an earlier day did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from segdb import contract
from segdb.backtest import backtest, cuts_of_run
from segdb.config.settings import Settings
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import is_whole
from segdb.model import Model
from segdb.steps.backtest.measure_outcomes import Backtest
from segdb.steps.features.build_features import BuiltFeatures
from segdb.steps.progress import Progress
from segdb.steps.value.customers import ValuedCustomers
from segdb.steps.value.horizon import extent_of
from segdb.steps.value.learn_value import LearnedValue, apply_value, learn_value

Rows = list[dict[str, Any]]
_TESTED = (contract.SEGMENT_OUTCOMES, contract.BACKTEST_RANKINGS, contract.BACKTEST_CALIBRATION)


@dataclass(frozen=True)
class Foresight:
    """What a run says of the future.

    Attributes:
        value: what customers are expected to do.
        tested: what those of an earlier day did.
    """

    value: LearnedValue
    tested: Backtest

    def rows(self, valued: ValuedCustomers) -> Mapping[contract.Table, Rows]:
        """Return the rows of its small tables.

        Args:
            valued: its customers.
        """
        tested = (self.tested.outcomes, self.tested.rankings, self.tested.calibration)
        return {
            contract.VALUE_MODEL: self.value.rows,
            contract.VALUE_NODES: valued.nodes,
            **dict(zip(_TESTED, tested, strict=True)),
        }


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
    progress.note(f"Customer value: {value.note}.")
    tested = Backtest()
    if settings.backtest.every_run:
        last = date(1970, 1, 1) + timedelta(days=extent.last_day)
        cuts = cuts_of_run(settings, extent, last)
        today = (model, built.features)
        tested = backtest(store, settings, built.sources, today, cuts, progress)
    return Foresight(value, tested)


def as_foreseen(store: Database, schema: str, model: Model, built: BuiltFeatures) -> Foresight:
    """Return the foresight of a stored model: nothing is learned, and the backtest is as it was.

    Args:
        store: the database, with the run before still published.
        schema: where its tables are.
        model: the model.
        built: the customers of today.
    """
    stored = [
        store.rows(store.stored(schema, table.name)) if is_whole(store, schema, table) else []
        for table in _TESTED
    ]
    return Foresight(apply_value(store, model.value, built), Backtest(*stored))


def named(tested: Backtest, model: Model) -> Backtest:
    """Return the rows of a backtest with the names that the segments of a run have in the end."""
    names = {segment.segment_id: segment.name for segment in model.segments}
    return replace(
        tested,
        outcomes=[
            row | {"segment": names.get(row["segment_id"], row["segment"])}
            for row in tested.outcomes
        ],
    )

"""Foresight: what a run says of the future, on its way into the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from segdb import contract
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import is_whole
from segdb.model import Model
from segdb.steps.backtest.measure_outcomes import Backtest
from segdb.steps.describe.churn_risk import MeasuredReturn
from segdb.steps.features.build_features import BuiltFeatures
from segdb.steps.value.customers import ValuedCustomers
from segdb.steps.value.learn_value import LearnedValue, apply_value

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
        return {
            contract.VALUE_MODEL: self.value.rows,
            contract.VALUE_NODES: valued.nodes,
            **tables(self.tested),
        }


def tables(tested: Backtest) -> dict[contract.Table, Rows]:
    """Return the rows of the tables of a backtest."""
    return dict(zip(_TESTED, (tested.outcomes, tested.rankings, tested.calibration), strict=True))


def stored_foresight(store: Database, schema: str, model: Model, built: BuiltFeatures) -> Foresight:
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


def returns_of(tested: Backtest, model: Model) -> list[MeasuredReturn | None]:
    """Return how many of each segment's customers came back after the last cut.

    Args:
        tested: the backtest.
        model: whose segments are in order; one that had no match at the cut was not measured.
    """
    last = max((row["cut"] for row in tested.outcomes), default=None)
    rows = {row["segment_id"]: row for row in tested.outcomes if row["cut"] == last}
    return [
        MeasuredReturn(
            row["returned"], row["customers"], row["return_rate_low"], row["return_rate_high"]
        )
        if (row := rows.get(segment.segment_id)) is not None
        else None
        for segment in model.segments
    ]


def with_names(tested: Backtest, model: Model) -> Backtest:
    """Return the rows of a backtest with the names that the segments of a run have in the end."""
    names = {segment.segment_id: segment.name for segment in model.segments}
    return replace(
        tested,
        outcomes=[
            row | {"segment": names.get(row["segment_id"], row["segment"])}
            for row in tested.outcomes
        ],
    )

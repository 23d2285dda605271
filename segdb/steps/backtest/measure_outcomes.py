"""Measure outcomes: what the customers of a cut did in the horizon, as rows to publish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from segdb.backtest_verdict import verdicts
from segdb.engines.protocol import Database
from segdb.expressions import outcomes as stage
from segdb.features.catalogue import REGISTRY, Catalogue, Entry
from segdb.features.rfm import scores
from segdb.model import Model
from segdb.steps.backtest.cuts import Cut
from segdb.steps.backtest.outcome_rows import (
    PERFECT,
    Rows,
    Sums,
    measures,
    ranking_rows,
    segment_rows,
)
from segdb.steps.features.aggregate_orders import validate_orders
from segdb.steps.features.options import FeatureOptions
from segdb.steps.ingest.resolve_columns import Sources
from segdb.steps.progress import Notes

# What customers did is counted as a run counts it.
_COUNTED = Catalogue((Entry("frequency", "orders"), Entry("monetary", "orders")))
_SCORES = ("r_score", "f_score", "m_score")


@dataclass(frozen=True)
class Backtest:
    """The rows of its tables.

    Attributes:
        outcomes: of ``segment_outcomes``.
        rankings: of ``backtest_rankings``.
        calibration: of ``backtest_calibration``.
    """

    outcomes: Rows = field(default_factory=list)
    rankings: Rows = field(default_factory=list)
    calibration: Rows = field(default_factory=list)

    @property
    def verdicts(self) -> list[str]:
        """What it shows, in plain sentences, one paragraph a cut."""
        return verdicts(self.rankings)

    def at(self, cut: Cut) -> Backtest:
        """Return the rows with the cut that they are of."""
        both = {"cut": cut.moment, "horizon_days": cut.horizon_days}
        return Backtest(
            [both | row for row in self.outcomes],
            [both | row for row in self.rankings],
            [both | row for row in self.calibration],
        )

    def __add__(self, other: Backtest) -> Backtest:
        """Return the rows of both."""
        return Backtest(
            self.outcomes + other.outcomes,
            self.rankings + other.rankings,
            self.calibration + other.calibration,
        )


def orders_after(store: Database, options: FeatureOptions, sources: Sources) -> ir.Table:
    """Return what customers did in a period: ``orders``, ``revenue`` and ``order_days``.

    Args:
        store: where the orders are.
        options: how they are cleaned and counted.
        sources: the orders of the period.
    """
    counts = validate_orders(store, options, sources, _COUNTED, Notes(), None).counts
    bought = counts.last_order_at.notnull()
    orders = REGISTRY["frequency"].value(counts, 0)
    named = counts.filter(counts.customer_id.notnull())
    return named.select(
        customer_id=named.customer_id,
        orders=ibis.ifelse(bought, orders, 0),
        revenue=REGISTRY["monetary"].value(counts, 0).cast("float64"),
        order_days=named.order_days.fill_null(0),
    )


@dataclass(frozen=True)
class CutSegments:
    """The segments of a cut, as they would have been made on that day.

    Attributes:
        assigned: its customers with every feature, and ``nearest``.
        model: its segments have the ids and names that the published rows shall have.
        history: the aggregates of the orders before it, with those of ``order_days.spans``.
        expected: what ``segdb.steps.value.customers.expected_of`` gives.
    """

    assigned: ir.Table
    model: Model
    history: ir.Table
    expected: ir.Table | None


def measure_outcomes(store: Database, cut: Cut, then: CutSegments, after: ir.Table) -> Backtest:
    """Return what the segments of a cut were worth.

    Args:
        store: where the customers are.
        cut: the day.
        then: its segments.
        after: what ``orders_after`` gives of its horizon.
    """
    assigned, model, expected = then.assigned, then.model, then.expected
    scored = scores(assigned, model.score_edges, model.rfm)
    cell = None
    if all(name in model.score_edges for name in ("recency_days", "frequency", "monetary")):
        r, f, m = (scored[name].cast("float64") for name in _SCORES)
        cell = r * 1e6 + f * 1e3 + m
    customers = scored.select(
        customer_id=scored.customer_id,
        place=scored.nearest,
        rfm_cell=ibis.null("float64") if cell is None else cell,
    )
    rows = store.table("segdb_outcomes", stage.outcomes(customers, then.history, after, expected))
    sums = {row["place"]: row for row in store.rows(stage.by_segment(rows))}
    foreseen = expected is not None
    money = foreseen and any(row["expected_value"] is not None for row in sums.values())
    scores_of = _rankings(rows, sums, measures(foreseen=foreseen, money=money))
    if cell is None:
        del scores_of["rfm_cells"]
    tenths = measures(foreseen=foreseen, money=money)
    expectations = stage.calibration(rows, tenths) if tenths else None
    return Backtest(
        segment_rows(model, sums, foreseen=foreseen, money=money),
        ranking_rows(store.rows(stage.rankings(rows, scores_of))),
        [] if expectations is None else store.rows(expectations.order_by("measure", "tenth")),
    ).at(cut)


def _rankings(rows: ir.Table, sums: Sums, expected: Sequence[str]) -> dict[str, ir.Value]:
    """Return the score of each ranking: the highest comes first."""
    worth = {place: row["past_spend"] / row["customers"] for place, row in sums.items()}
    best_last = sorted(worth, key=lambda place: worth[place])
    by_segment = ibis.cases(*((rows.place == place, i) for i, place in enumerate(best_last)))
    plain = {name: rows[name] for name in ("past_spend", "frequency", "recency", "last_order")}
    values = {name: rows[name] for name in expected if name != "expected_orders"}
    cells = {"segments": by_segment, "rfm_cells": rows.rfm_cell}
    return {**cells, **plain, **values, PERFECT: rows.revenue_after}

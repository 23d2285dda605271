"""Outcome rows: the figures of the backtest's tables, from sums that the database gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segdb.expressions.outcomes import MEASURES
from segdb.interval import mean_interval, wilson
from segdb.model import Model

Rows = list[dict[str, Any]]
Sums = Mapping[int, Mapping[str, Any]]


def segment_rows(model: Model, sums: Sums, *, foreseen: bool, money: bool) -> Rows:
    """Return the rows of ``segment_outcomes``, but for the cut.

    Args:
        model: whose segments are in the order of the places.
        sums: by place, what ``segdb.expressions.outcomes.by_segment`` gives.
        foreseen: whether a value model expected something.
        money: whether that has amounts.
    """
    customers = sum(row["customers"] for row in sums.values())
    returned = sum(row["returned"] for row in sums.values())
    revenue = sum(row["revenue"] for row in sums.values())
    rate = returned / customers if customers else 0.0
    rows = []
    for place, segment in enumerate(model.segments):
        row = sums.get(place)
        if row is None:
            continue
        n = row["customers"]
        low, high = wilson(row["returned"], n)
        orders_low, orders_high = mean_interval(row["orders"], row["orders_squared"], n)
        revenue_low, revenue_high = mean_interval(row["revenue"], row["revenue_squared"], n)
        rows.append(
            {
                "segment_id": segment.segment_id,
                "segment": segment.name,
                "customers": n,
                "returned": int(row["returned"]),
                "return_rate": row["returned"] / n,
                "return_rate_low": low,
                "return_rate_high": high,
                "orders": int(row["orders"]),
                "orders_per_customer": row["orders"] / n,
                "orders_low": orders_low,
                "orders_high": orders_high,
                "revenue": row["revenue"],
                "revenue_per_customer": row["revenue"] / n,
                "revenue_low": revenue_low,
                "revenue_high": revenue_high,
                "revenue_share": row["revenue"] / revenue if revenue > 0 else None,
                "lift": row["returned"] / n / rate if rate else None,
                "expected_return_rate": row["probability_of_order"] / n if foreseen else None,
                "expected_orders": row["expected_orders"] if foreseen else None,
                "expected_revenue": row["expected_value"] if money else None,
            }
        )
    return rows


def ranking_rows(measured: Rows) -> Rows:
    """Return the rows of ``backtest_rankings``, but for the cut.

    Args:
        measured: what ``segdb.expressions.outcomes.rankings`` gives, ``perfect`` among them: the
            ranking by what came, against which the Gini coefficient is normalised.
    """
    best = next((row["area"] for row in measured if row["ranking"] == PERFECT), None)
    whole = None if best is None else 2.0 * best - 1.0
    return [
        {
            "ranking": row["ranking"],
            "customers": int(row["customers"]),
            "gini": (2.0 * row["area"] - 1.0) / whole if whole and row["area"] else None,
            "top_10_share": row["top_10"],
            "top_20_share": row["top_20"],
            "auc": row["auc"],
        }
        for row in sorted(measured, key=lambda row: -(row["area"] or 0.0))
        if row["ranking"] != PERFECT
    ]


PERFECT = "perfect"


def measures(*, foreseen: bool, money: bool) -> list[str]:
    """Return what of ``MEASURES`` a value model expected."""
    return [name for name in MEASURES if foreseen and (money or name != "expected_value")]

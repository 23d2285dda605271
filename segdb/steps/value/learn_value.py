"""Learn value: the models of orders and of their amounts, from compact counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from segdb.config.foresight_sections import Value
from segdb.engines.protocol import Database
from segdb.expressions.coreset import uniform
from segdb.expressions.order_days import counted, histories, last_day_before, repeat_amounts
from segdb.steps.features.build_features import BuiltFeatures
from segdb.steps.value.horizon import Extent
from segdb.value.maximise import NoMaximumError
from segdb.value.purchases import Histories, fit_purchases
from segdb.value.spend import fit_spend
from segdb.value_model import PurchaseModel, SpendModel, ValueModel

# Below, a fit says more about chance than about the customers.
MIN_CUSTOMERS, MIN_RETURNED, MIN_PAYERS = 500, 100, 100
# Of the history, in median gaps between orders: in less, who will order again has not yet.
MIN_GAPS = 3.0
_SEED = 5


@dataclass(frozen=True)
class LearnedValue:
    """What is known of customer value.

    Attributes:
        model: None where it was not learned.
        histories: of every customer with a segment who bought; None without orders.
        note: what was learned, or why not.
    """

    model: ValueModel | None
    histories: ir.Table | None
    note: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of ``value_model``."""
        if self.model is None:
            empty = {"value": None, "standard_error": None}
            return [{"parameter": "status", **empty, "note": self.note}]
        horizon = {"value": float(self.model.horizon_days), "standard_error": None}
        return [
            {"parameter": "status", "value": None, "standard_error": None, "note": self.note},
            {"parameter": "horizon_days", **horizon, "note": _NOTES["horizon_days"]},
            *(
                {
                    "parameter": name,
                    "value": estimate.value,
                    "standard_error": estimate.error or None,
                    "note": _NOTES[name],
                }
                for name, estimate in self.model.parameters().items()
            ),
        ]


_NOTES = {
    "horizon_days": "how far ahead it looks, days",
    "r": "shape of the rates at which customers order",
    "alpha": "scale of these rates, days",
    "a": "of the probability to stop after an order",
    "b": "of the same: its mean is a / (a + b)",
    "p": "shape of a customer's amounts",
    "q": "shape of their scales among customers",
    "gamma": "scale of the same, currency",
}


def learn_value(
    store: Database, settings: Value, built: BuiltFeatures, extent: Extent, horizon: int
) -> LearnedValue:
    """Learn how often customers order, and for how much.

    Args:
        store: where the customers are.
        settings: which model, and of how many customers.
        built: the customers, with the aggregates of their orders.
        extent: how much history there is.
        horizon: days to look ahead.
    """
    if settings.model == "none":
        return LearnedValue(None, None, '[value] model is "none"')
    customers = customer_histories(store, built)
    if customers is None:
        return LearnedValue(None, None, "there are no orders")
    if lacking := _lacking(extent):
        return LearnedValue(None, customers, f"too little history: {lacking}")
    drawn, share = customers, settings.sample / max(extent.customers, 1)
    if share < 1.0:
        drawn = customers.filter(uniform(customers.customer_id, _SEED) < share)
    try:
        orders = fit_purchases(Histories.of(store.fetch(counted(drawn))), settings.model)
    except NoMaximumError as error:
        why = f"{settings.model.upper()} does not fit these customers: {error}"
        return LearnedValue(None, customers, why)
    spend, lacks = _spend(store, drawn)
    note = _learned_of(orders, spend, lacks)
    return LearnedValue(ValueModel(orders, spend, horizon, note), customers, note)


def _learned_of(orders: PurchaseModel, spend: SpendModel | None, lacks: str) -> str:
    """Say what a value model was learned of, and what it could not be."""
    parts = [f"{orders.family.upper()} of {orders.customers:,} customers"]
    if orders.family == "nbd":
        parts.append("nothing shows that any of them stopped ordering")
    if spend is None:
        parts.append(f"no amounts, since {lacks}")
    else:
        parts.append(f"Gamma-Gamma of the {spend.customers:,} who came back and paid")
    leaning = {"order": orders.used_prior, "pay": spend is not None and spend.used_prior}
    if any(leaning.values()):
        how = " and ".join(name for name, leans in leaning.items() if leans)
        parts.append(f"they hardly differ in how they {how}, so a weak prior helps")
    return "; ".join(parts)


def apply_value(store: Database, model: ValueModel | None, built: BuiltFeatures) -> LearnedValue:
    """Return a stored model with the customers of today; nothing is learned."""
    customers = customer_histories(store, built)
    nothing = "the run that learned the model learned no customer value"
    return LearnedValue(model, customers, nothing if model is None else model.note)


def customer_histories(store: Database, built: BuiltFeatures) -> ir.Table | None:
    """Return the relation ``segdb_histories``; None where there are no orders to make it of."""
    if built.counts is None or "first_day" not in built.counts.columns or built.as_of is None:
        return None
    known = histories(built.counts, last_day_before(built.as_of))
    return store.table("segdb_histories", known.semi_join(built.features, "customer_id"))


def _lacking(extent: Extent) -> str | None:
    """Return what history lacks, in words; None where there is enough."""
    if extent.customers < MIN_CUSTOMERS:
        return f"{extent.customers:,} customers, and {MIN_CUSTOMERS} are needed"
    if extent.returned < MIN_RETURNED:
        return f"{extent.returned:,} customers came back, and {MIN_RETURNED} are needed"
    if extent.gap is not None and extent.days < MIN_GAPS * extent.gap:
        return (
            f"{extent.days:,} days, and {MIN_GAPS:.0f} times the median gap of {extent.gap:,.0f} "
            "days between orders are needed"
        )
    return None


def _spend(store: Database, customers: ir.Table) -> tuple[SpendModel | None, str]:
    """Return the model of the amounts, or why there is none."""
    rows = store.fetch(repeat_amounts(customers))
    if rows.num_rows < MIN_PAYERS:
        return None, f"{rows.num_rows:,} came back and paid, and {MIN_PAYERS} are needed"
    try:
        return fit_spend(rows), ""
    except NoMaximumError as error:
        return None, f"Gamma-Gamma does not fit them: {error}"

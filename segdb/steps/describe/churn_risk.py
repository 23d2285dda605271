"""Churn risk: what is known of how many of a segment's customers do not come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MEDIUM_RISK, HIGH_RISK = 0.3, 0.6


@dataclass(frozen=True)
class MeasuredReturn:
    """How many of a segment's customers came back in a period that the segments did not see.

    Attributes:
        returned: customers with an order in the period.
        customers: customers of the segment when it began.
        lower: lower end of the 95 % interval of the share who returned (Wilson 1927).
        upper: its upper end.
    """

    returned: int
    customers: int
    lower: float
    upper: float


@dataclass(frozen=True)
class ChurnRisk:
    """The risk, in a word and as figures; the fields are columns of ``segment_profiles``.

    Attributes:
        churn_risk: low, medium or high; None where it is not known, or the interval reaches from
            low to high.
        churn_rate: share that did not come back, or is expected not to.
        churn_rate_lower: lower end of its 95 % interval; None where it was not measured.
        churn_rate_upper: its upper end.
        churn_basis: ``backtest``: it was measured; ``p_alive``: one less the customers' mean
            probability of being alive; None: not known.
    """

    churn_risk: str | None = None
    churn_rate: float | None = None
    churn_rate_lower: float | None = None
    churn_rate_upper: float | None = None
    churn_basis: Literal["backtest", "p_alive"] | None = None


def churn_risk(measured: MeasuredReturn | None, alive: float | None) -> ChurnRisk:
    """Return the risk by what was measured, else by the probability of being alive, else unknown.

    Args:
        measured: who came back; None where nobody was counted.
        alive: the customers' mean probability of being alive, 0 to 1; None without a model.
    """
    if measured is not None and measured.customers > 0:
        lower, upper = 1.0 - measured.upper, 1.0 - measured.lower
        rate = 1.0 - measured.returned / measured.customers
        vague = {_word(lower), _word(upper)} == {"low", "high"}
        return ChurnRisk(None if vague else _word(rate), rate, lower, upper, "backtest")
    if alive is not None:
        return ChurnRisk(_word(1.0 - alive), 1.0 - alive, churn_basis="p_alive")
    return ChurnRisk()


def _word(rate: float) -> str:
    return "high" if rate >= HIGH_RISK else "medium" if rate >= MEDIUM_RISK else "low"

"""The value model: what was learned of how often customers order, and for how much.

Plain frozen data with a JSON round trip, a part of ``segdb.model.Model``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

# BG/NBD: Fader, Hardie and Lee 2005. MBG/NBD: Batislam, Denizel and Filiztekin 2007. NBD:
# Ehrenberg 1959, which both become where nothing shows that customers ever stop.
Family = Literal["mbg/nbd", "bg/nbd", "nbd"]


@dataclass(frozen=True)
class Estimate:
    """A parameter, as the maximum of its likelihood.

    Attributes:
        value: always above 0.
        error: its standard error, by the curvature of the likelihood; 0 where there is none.
    """

    value: float
    error: float


@dataclass(frozen=True)
class PurchaseModel:
    """How often customers order, and when they stop: BG/NBD, MBG/NBD, or NBD.

    While active a customer orders at a rate that is Gamma(r, alpha) among customers. After each
    order, and in MBG/NBD after the first one too, the customer stops with a probability that is
    Beta(a, b) among customers. In NBD nobody stops.

    Attributes:
        family: which of the three.
        r: shape of the rates.
        alpha: their scale, days.
        a: of the probability to stop; None of NBD.
        b: of the same.
        log_likelihood: over the customers it was learned of; time in days.
        customers: how many these are.
        returned: how many of them ordered on two days or more.
        used_prior: whether a weak prior stands in for what the data do not tell.
    """

    family: Family
    r: Estimate
    alpha: Estimate
    a: Estimate | None
    b: Estimate | None
    log_likelihood: float
    customers: int
    returned: int
    used_prior: bool = False

    @property
    def stopping(self) -> tuple[float, float] | None:
        """The values of a and b; None where nobody stops."""
        return None if self.a is None or self.b is None else (self.a.value, self.b.value)

    @property
    def survived_first(self) -> int:
        """How many chances to stop a customer had before the first repeat order: 1 or 0."""
        return 1 if self.family == "mbg/nbd" else 0


@dataclass(frozen=True)
class SpendModel:
    """What customers pay for an order: Gamma-Gamma (Fader and Hardie 2005, 2013).

    Attributes:
        p: shape of a customer's amounts.
        q: shape of their scale among customers.
        gamma: scale of the same, currency.
        log_likelihood: over the customers it was learned of.
        customers: how many these are.
        used_prior: whether a weak prior stands in for what the data do not tell.
    """

    p: Estimate
    q: Estimate
    gamma: Estimate
    log_likelihood: float
    customers: int
    used_prior: bool = False

    @property
    def mean(self) -> float:
        """The expected amount of an order of a customer of whom nothing is known, currency."""
        return self.p.value * self.gamma.value / (self.q.value - 1.0)


@dataclass(frozen=True)
class ValueModel:
    """Everything that customer value is computed from.

    Attributes:
        purchases: of the orders.
        spend: of their amounts; None where the source has no usable ones.
        horizon_days: how far ahead it looks.
        note: what it was learned of, in words.
    """

    purchases: PurchaseModel
    spend: SpendModel | None
    horizon_days: int
    note: str = ""

    def parameters(self) -> dict[str, Estimate]:
        """Return the parameters by name, those of the amounts last."""
        orders = self.purchases
        named = {"r": orders.r, "alpha": orders.alpha}
        if orders.a is not None and orders.b is not None:
            named |= {"a": orders.a, "b": orders.b}
        if self.spend is not None:
            named |= {"p": self.spend.p, "q": self.spend.q, "gamma": self.spend.gamma}
        return named

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ValueModel:
        """Return what ``to_dict`` gave."""
        spend = values["spend"]
        return cls(
            purchases=PurchaseModel(**_estimates(values["purchases"])),
            spend=None if spend is None else SpendModel(**_estimates(spend)),
            horizon_days=int(values["horizon_days"]),
            note=values.get("note", ""),
        )


def _estimates(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: Estimate(**value) if isinstance(value, Mapping) else value
        for name, value in values.items()
    }

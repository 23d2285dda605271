"""Purchases: learns BG/NBD, MBG/NBD and NBD of counted histories.

BG/NBD is of Fader, Hardie and Lee 2005, MBG/NBD of Batislam, Denizel and Filiztekin 2007. They
differ in one thing: in MBG/NBD a customer can stop after the first order already. BG/NBD calls
every customer with one order active with certainty. Where nothing shows that customers ever stop,
a goes to 0, and what is left is the NBD model (Ehrenberg 1959).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from segdb.value.libraries import digamma, gammaln
from segdb.value.maximise import (
    Floats,
    Likelihood,
    Maximum,
    NoMaximumError,
    best_start,
    maximise_with_fallback,
)
from segdb.value_model import Estimate, Family, PurchaseModel

# The log-likelihood that two parameters more have to add (Akaike 1974).
_LEAST_GAIN = 2.0
# Histories from which it is found where to begin.
_START_ROWS = 4_000
# r, alpha as a share of the mean time that customers are observed, a, b.
_STARTS = ((0.5, 0.2, 0.8, 2.0), (1.0, 0.1, 0.3, 3.0), (0.2, 1.0, 1.0, 1.0), (3.0, 0.5, 0.1, 5.0))


@dataclass(frozen=True)
class Histories:
    """How often customers ordered, counted.

    Attributes:
        repeats: days with an order behind the first one, x.
        last: days from the first order to the last one, t_x.
        observed: days from the first order to the end, T.
        customers: how many have this history.
    """

    repeats: Floats
    last: Floats
    observed: Floats
    customers: Floats

    @classmethod
    def of(cls, rows: pa.Table) -> Histories:
        """Return those of a table with these columns."""
        columns = ("repeats", "last", "observed", "customers")
        return cls(*(rows[name].to_numpy().astype(np.float64) for name in columns))

    def thinned(self, most: int) -> Histories:
        """Return a part of so many histories at most, each as likely, weights and all."""
        step = -(-len(self.repeats) // most)
        if step <= 1:
            return self
        parts = (self.repeats, self.last, self.observed, self.customers)
        order = np.random.default_rng(0).permutation(len(self.repeats))[::step]
        return Histories(*(part[order] for part in parts))

    @property
    def number(self) -> int:
        """Return how many customers there are."""
        return int(self.customers.sum())

    @property
    def returned(self) -> int:
        """Return how many of them ordered again."""
        return int(self.customers[self.repeats > 0].sum())


def fit_purchases(histories: Histories, family: Family) -> PurchaseModel:
    """Learn a model of the orders by maximum likelihood.

    It is NBD where the chance to stop adds nothing: where the likelihood has no maximum with one,
    or one that is no better than two parameters more are by chance. Where customers hardly differ
    in how often they order, or in how likely they are to stop, a weak prior takes the place of
    what the data do not tell.

    Time is scaled by the mean time that customers are observed, so that the search does not depend
    on its unit.

    Raises:
        NoMaximumError: the likelihood has no maximum, or nobody came back.
    """
    if not histories.returned:
        raise NoMaximumError("nobody came back", 0.0)
    unit = float(np.average(histories.observed, weights=histories.customers)) or 1.0
    scaled = Histories(
        histories.repeats, histories.last / unit, histories.observed / unit, histories.customers
    )
    few, number = scaled.thinned(_START_ROWS), histories.number
    start = best_start(rate_likelihood(few), [start[:2] for start in _STARTS], few.number)
    plain, same_rates = maximise_with_fallback(rate_likelihood(scaled), [start], number)
    nobody_stops = replace(_model(histories, "nbd", plain, unit), used_prior=same_rates)
    likelihood = purchase_likelihood(scaled, family)
    start = best_start(purchase_likelihood(few, family), _STARTS, few.number)
    best, used_prior = maximise_with_fallback(likelihood, [start, *_STARTS], number)
    if best.log_likelihood - plain.log_likelihood <= _LEAST_GAIN:
        return nobody_stops
    return replace(_model(histories, family, best, unit), used_prior=used_prior)


def _model(histories: Histories, family: Family, best: Maximum, unit: float) -> PurchaseModel:
    """Return a model with time in days again."""
    r, alpha, *stopping = best.estimates
    a, b = stopping or (None, None)
    # A density of times: the unit is to be taken out of each of the repeat orders.
    repeats = float((histories.repeats * histories.customers).sum())
    return PurchaseModel(
        family=family,
        r=r,
        alpha=Estimate(alpha.value * unit, alpha.error * unit),
        a=a,
        b=b,
        log_likelihood=best.log_likelihood - repeats * float(np.log(unit)),
        customers=histories.number,
        returned=histories.returned,
    )


def rate_likelihood(histories: Histories) -> Likelihood:
    """Return the log-likelihood of (r, alpha) where nobody stops, with its gradient."""
    x, observed, weights = histories.repeats, histories.observed, histories.customers

    def likelihood(parameters: Floats) -> tuple[float, Floats]:
        r, alpha = parameters
        total = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + observed)
        by_r = digamma(r + x) - digamma(r) + np.log(alpha / (alpha + observed))
        by_alpha = r / alpha - (r + x) / (alpha + observed)
        gradient = np.array([float((weights * by).sum()) for by in (by_r, by_alpha)])
        return float((weights * total).sum()), gradient

    return likelihood


def purchase_likelihood(histories: Histories, family: Family) -> Likelihood:
    """Return the log-likelihood of (r, alpha, a, b), with its gradient.

    Two things may have happened: the customer is active still, or stopped at the last order. With
    c chances survived (x + 1 in MBG/NBD, x in BG/NBD) their likelihoods are, but for a common
    factor, B(a, b + c) (alpha + T)^-(r + x) and B(a + 1, b + c - 1) (alpha + t_x)^-(r + x).
    """
    x, last, observed, weights = (
        histories.repeats,
        histories.last,
        histories.observed,
        histories.customers,
    )
    chances = x + (1.0 if family == "mbg/nbd" else 0.0)
    may_have_stopped = chances > 0

    def likelihood(parameters: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = parameters
        wait = np.log(alpha + observed) - np.log(alpha + last)
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = np.log(a) - np.log(b + chances - 1.0) + (r + x) * wait
        odds = np.where(may_have_stopped, odds, -np.inf)
        stopped = 1.0 / (1.0 + np.exp(-np.clip(odds, -700.0, 700.0))) * may_have_stopped
        total = (
            gammaln(r + x)
            - gammaln(r)
            + r * np.log(alpha)
            - (r + x) * np.log(alpha + observed)
            + gammaln(b + chances)
            + gammaln(a + b)
            - gammaln(b)
            - gammaln(a + b + chances)
            + np.logaddexp(0.0, odds)
        )
        both = digamma(a + b) - digamma(a + b + chances)
        by_r = digamma(r + x) - digamma(r) + np.log(alpha / (alpha + observed)) + stopped * wait
        by_alpha = (
            r / alpha
            - (r + x) / (alpha + observed)
            + stopped * (r + x) * (1.0 / (alpha + observed) - 1.0 / (alpha + last))
        )
        by_a = both + stopped / a
        rest = np.where(may_have_stopped, b + chances - 1.0, 1.0)
        by_b = both + digamma(b + chances) - digamma(b) - stopped / rest
        gradient = np.array([float((weights * by).sum()) for by in (by_r, by_alpha, by_a, by_b)])
        return float((weights * total).sum()), gradient

    return likelihood

"""Spend: learns the Gamma-Gamma model of customers' amounts (Fader and Hardie 2005, 2013)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from segdb.value.libraries import digamma, gammaln
from segdb.value.maximise import (
    Floats,
    Likelihood,
    NoMaximumError,
    best_start,
    maximise_with_fallback,
)
from segdb.value_model import Estimate, SpendModel

# Customers from whom it is found where to begin.
_START_ROWS = 4_000
# Of the mean: a spread below is none, as in a shop of one price.
_NO_SPREAD = 0.01
# p, q, gamma as a share of the mean amount.
_STARTS = ((5.0, 4.0, 0.5), (1.0, 2.0, 1.0), (20.0, 5.0, 0.2), (2.0, 10.0, 4.0))


def fit_spend(rows: pa.Table) -> SpendModel:
    """Learn the model of the amounts by maximum likelihood.

    Args:
        rows: a customer each, who came back: ``repeats`` orders behind the first, of ``amount`` on
            average, above 0.

    Raises:
        NoMaximumError: the likelihood has no maximum, or one by which the mean is infinite.
    """
    repeats, amounts = (rows[name].to_numpy().astype(np.float64) for name in ("repeats", "amount"))
    unit = float(amounts.mean())
    if amounts.std() < _NO_SPREAD * unit:
        return _same_amounts(unit, len(repeats))
    step = -(-len(repeats) // _START_ROWS)
    few = spend_likelihood(repeats[::step], amounts[::step] / unit)
    start = best_start(few, _STARTS, len(repeats[::step]))
    whole = spend_likelihood(repeats, amounts / unit)
    found, used_prior = maximise_with_fallback(whole, [start, *_STARTS], len(repeats))
    p, q, gamma = found.estimates
    if q.value <= 1.0:
        words = "amounts differ so much that their mean is infinite (q is 1 or less)"
        raise NoMaximumError(words, found.log_likelihood)
    return SpendModel(
        p=p,
        q=q,
        gamma=Estimate(gamma.value * unit, gamma.error * unit),
        log_likelihood=found.log_likelihood - len(repeats) * float(np.log(unit)),
        customers=len(repeats),
        used_prior=used_prior,
    )


def _same_amounts(amount: float, customers: int) -> SpendModel:
    """Return the model to which Gamma-Gamma goes as amounts vary less and less.

    A customer then pays their own mean again, and a new one the mean of all.
    """
    p, q = 1e6, 2.0
    gamma = amount * (q - 1.0) / p
    return SpendModel(Estimate(p, 0.0), Estimate(q, 0.0), Estimate(gamma, 0.0), 0.0, customers)


def spend_likelihood(repeats: Floats, amounts: Floats) -> Likelihood:
    """Return the log-likelihood of (p, q, gamma), with its gradient.

    Args:
        repeats: of each customer, above 0.
        amounts: their means, above 0.
    """
    logs, sums, counted = np.log(amounts), repeats * amounts, np.log(repeats)

    def likelihood(parameters: Floats) -> tuple[float, Floats]:
        p, q, gamma = parameters
        shapes, scales = p * repeats, np.log(gamma + sums)
        total = (
            gammaln(shapes + q)
            - gammaln(shapes)
            - gammaln(q)
            + q * np.log(gamma)
            + (shapes - 1.0) * logs
            + shapes * counted
            - (shapes + q) * scales
        )
        both = digamma(shapes + q)
        by_p = repeats * (both - digamma(shapes) + logs + counted - scales)
        by_q = both - digamma(q) + np.log(gamma) - scales
        by_gamma = q / gamma - (shapes + q) / (gamma + sums)
        return float(total.sum()), np.array([float(by.sum()) for by in (by_p, by_q, by_gamma)])

    return likelihood

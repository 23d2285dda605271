"""Maximise: a likelihood of positive parameters, with its standard errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segdb.value.libraries import minimize
from segdb.value_model import Estimate

Floats = NDArray[np.float64]
# Of positive parameters: the log-likelihood, and its gradient by each.
Likelihood = Callable[[Floats], tuple[float, Floats]]

# Parameters beyond have run away: the likelihood has no maximum.
_LIMIT = 1e5
# The gradient, by log parameters and a customer, that is as good as none.
_FLAT = 1e-6
_STEP = 1e-4
_NEWTON_STEPS = 20
# Standard deviation of a weak prior: of logarithms, so that a factor of 400 is nothing unusual.
_PRIOR_DEVIATION = 3.0


class NoMaximumError(ValueError):
    """The likelihood has no maximum, or one too flat to say where it is.

    Attributes:
        log_likelihood: the highest that was met.
    """

    def __init__(self, words: str, log_likelihood: float) -> None:
        super().__init__(words)
        self.log_likelihood = log_likelihood


@dataclass(frozen=True)
class Maximum:
    """The maximum of a likelihood.

    Attributes:
        estimates: of each parameter.
        log_likelihood: there.
    """

    estimates: tuple[Estimate, ...]
    log_likelihood: float


def maximise(likelihood: Likelihood, starts: Sequence[Sequence[float]], count: float) -> Maximum:
    """Find the maximum of a likelihood over positive parameters.

    The search is over their logarithms: BFGS from each start, and Newton's steps from the best end.

    Args:
        likelihood: of the parameters.
        starts: where to begin.
        count: of how many customers the likelihood is.

    Raises:
        NoMaximumError: the gradient does not vanish, or the curvature is not that of a maximum.
    """
    loss = _loss(likelihood, count)
    logs = _polished(loss, _best_end(loss, starts))
    value, gradient = loss(logs)
    if np.abs(gradient).max() > _FLAT:
        raise NoMaximumError("its gradient does not vanish", -value * count)
    parameters = np.exp(logs)
    if not (parameters.min() > 1.0 / _LIMIT and parameters.max() < _LIMIT):
        raise NoMaximumError("a parameter grows without bound", -value * count)
    curvature = _hessian(loss, logs) * count
    try:
        np.linalg.cholesky(curvature)
    except np.linalg.LinAlgError:
        words = "its curvature is not that of a maximum"
        raise NoMaximumError(words, -value * count) from None
    errors = np.sqrt(np.diag(np.linalg.inv(curvature))) * parameters
    estimates = (Estimate(float(v), float(e)) for v, e in zip(parameters, errors, strict=True))
    return Maximum(tuple(estimates), float(-value * count))


def maximise_with_fallback(
    likelihood: Likelihood, starts: Sequence[Sequence[float]], count: float
) -> tuple[Maximum, bool]:
    """Find the maximum, or without one that of the likelihood times a weak prior.

    Where customers hardly differ in something, its parameters grow without bound together; with the
    prior they end where the likelihood hardly rises any more.

    Args:
        likelihood: of the parameters.
        starts: where to begin; without a prior at the first alone.
        count: of how many customers the likelihood is.

    Returns:
        The maximum, and whether the prior was needed. The log-likelihood is without it.

    Raises:
        NoMaximumError: there is none with the prior either.
    """
    try:
        return maximise(likelihood, starts[:1], count), False
    except NoMaximumError:
        best = maximise(_with_prior(likelihood), starts, count)
    value, _ = likelihood(np.array([estimate.value for estimate in best.estimates]))
    return replace(best, log_likelihood=value), True


def _with_prior(likelihood: Likelihood) -> Likelihood:
    """Return a likelihood times a prior: the logarithms of the parameters are N(0, 3²)."""

    def penalised(parameters: Floats) -> tuple[float, Floats]:
        value, gradient = likelihood(parameters)
        logs = np.log(parameters)
        penalty = float((logs**2).sum()) / (2 * _PRIOR_DEVIATION**2)
        return value - penalty, gradient - logs / (_PRIOR_DEVIATION**2 * parameters)

    return penalised


def best_start(
    likelihood: Likelihood, starts: Sequence[Sequence[float]], count: float
) -> list[float]:
    """Return the best of the ends of BFGS from each start, a maximum or not.

    On a part of the customers it tells where to begin with all of them.

    Args:
        likelihood: of the parameters.
        starts: where to begin.
        count: of how many customers the likelihood is.
    """
    ended: list[float] = np.exp(_best_end(_loss(likelihood, count), starts)).tolist()
    return ended


def _loss(likelihood: Likelihood, count: float) -> Likelihood:
    """Return what is minimised: of the logarithms, less the likelihood, a customer."""

    def loss(logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(np.clip(logs, -30.0, 30.0))
        value, gradient = likelihood(parameters)
        if not np.isfinite(value):
            return 1e12, np.zeros_like(logs)
        return -value / count, -gradient * parameters / count

    return loss


def _best_end(loss: Likelihood, starts: Sequence[Sequence[float]]) -> Floats:
    ends = [
        minimize(loss, np.log(np.asarray(start, np.float64)), jac=True, method="BFGS")
        for start in starts
    ]
    return np.asarray(min(ends, key=lambda end: float(end.fun)).x, np.float64)


def _polished(loss: Likelihood, logs: Floats) -> Floats:
    """Take Newton's steps as long as they make the gradient smaller."""
    gradient = loss(logs)[1]
    for _ in range(_NEWTON_STEPS):
        try:
            nearer = logs - np.linalg.solve(_hessian(loss, logs), gradient)
        except np.linalg.LinAlgError:
            break
        there = loss(nearer)[1]
        if not np.abs(there).max() < np.abs(gradient).max() or np.abs(nearer - logs).max() > 1.0:
            break
        logs, gradient = nearer, there
    return logs


def _hessian(loss: Likelihood, logs: Floats) -> Floats:
    """Return the second derivatives, by central differences of the gradient."""
    rows = [
        (loss(logs + step)[1] - loss(logs - step)[1]) / (2.0 * _STEP)
        for step in np.eye(len(logs)) * _STEP
    ]
    square = np.asarray(rows)
    return np.asarray((square + square.T) / 2.0)

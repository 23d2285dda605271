"""Yeo-Johnson: lambda of the transform by maximum likelihood (Yeo and Johnson 2000)."""

from __future__ import annotations

import numpy as np

from segdb.cluster.libraries import minimize_scalar
from segdb.cluster.matrix import Floats, Matrix

_WIDEST = 20.0
# Of powers of ten: (1 + x) ** power - 1 loses all digits below, and its square overflows above.
_LOWEST, _HIGHEST = -8.0, 100.0
# The likelihood is so flat at its top that further digits are noise.
_DIGITS = 6
_NEAR = 1e-9


def best_powers(matrix: Matrix) -> list[float]:
    """Return the lambda of each column, within what doubles can hold of it.

    Of a constant it is 1, which changes nothing.
    """
    return [_best(column, matrix.weights) for column in matrix.values.T]


def likelihood(values: Floats, weights: Floats, power: float) -> float:
    """Return the profile log-likelihood of a lambda, over (n,) values, less a constant.

    It is -n/2 log(variance of the transformed) + (lambda - 1) sum(sign(x) log(1 + |x|)).
    """
    logarithm = np.log1p(np.abs(values))
    signs = np.where(values < 0, -1.0, 1.0)
    powers = np.where(values < 0, 2.0 - power, power)
    near = np.abs(powers) < _NEAR
    divisor = np.where(near, 1.0, powers)
    with np.errstate(over="ignore", invalid="ignore"):
        moved = signs * np.where(near, logarithm, np.expm1(powers * logarithm) / divisor)
        mean = np.average(moved, weights=weights)
        variance = np.average((moved - mean) ** 2, weights=weights)
    if not np.isfinite(variance) or variance <= 0:
        return -np.inf
    jacobian = (power - 1.0) * np.sum(weights * signs * logarithm)
    return float(-0.5 * weights.sum() * np.log(variance) + jacobian)


def _best(values: Floats, weights: Floats) -> float:
    if np.all(values == values[0]):
        return 1.0
    least, most = _range(values)
    if most - least < _NEAR:
        return least
    count = weights.sum()

    def loss(power: float) -> float:
        return float(min(-likelihood(values, weights, power) / count, 1e300))

    minimum = minimize_scalar(loss, bounds=(least, most), method="bounded", options={"xatol": 1e-9})
    return round(float(minimum.x), _DIGITS)


def _range(values: Floats) -> tuple[float, float]:
    """Return the least and the greatest lambda by which no value is lost to rounding."""
    least, most = -_WIDEST, _WIDEST
    above, below = (float(np.log10(1.0 + max(side, 0.0))) for side in (values.max(), -values.min()))
    if above > 0:
        least, most = max(least, _LOWEST / above), min(most, _HIGHEST / above)
    if below > 0:
        least, most = max(least, 2.0 - _HIGHEST / below), min(most, 2.0 - _LOWEST / below)
    return least, most

"""Nodes: the Gauss-Jacobi rule by which SQL averages over the probability to stop.

The expected number of orders is a mean over p, the probability to stop after an order, which is
Beta(a, b + c) among customers who survived c chances. A rule for each band of c, which doubles from
band to band, serves all c in it: the rest of the density, (1 - p)^(c - start), is smooth there. So
no hypergeometric function is needed, and no engine has to have one.
"""

from __future__ import annotations

import math

import numpy as np

from segdb.value.libraries import eigh_tridiagonal
from segdb.value_model import ValueModel

# Of chances that were survived: of the last band.
_BANDS = tuple(0 if power < 0 else 2**power for power in range(-1, 16))
_FEWEST, _MOST = 24, 400
# The decimal digits that a rule is good for.
_DIGITS = 14.0
_MORE = 16


def nodes(model: ValueModel) -> list[dict[str, float]]:
    """Return the rows of ``value_nodes``: the ``band``, ``p`` and ``weight`` of each node.

    There are none where nobody stops.
    """
    orders = model.purchases
    if orders.stopping is None:
        return []
    a, b = orders.stopping
    count = _needed(model.horizon_days / orders.alpha.value)
    rows: list[dict[str, float]] = []
    for start in _BANDS:
        points, weights = beta_rule(a, b + start, count)
        rows += [
            {"band": start, "p": point, "weight": weight}
            for point, weight in zip(points, weights, strict=True)
        ]
    return rows


def _needed(reach: float) -> int:
    """Return how many nodes it takes where the horizon is so many times alpha.

    The integrand has its nearest singularity at p = -1 / reach, and the error of the rule falls
    with the ellipse around [0, 1] that it lies on (Trefethen 2008).
    """
    if reach <= 0:
        return _FEWEST
    place = 1.0 + 2.0 / reach
    ellipse = place + math.sqrt(place * place - 1.0)
    needed = math.ceil(_DIGITS * math.log(10.0) / 2 / math.log(ellipse)) + _MORE
    return min(_MOST, max(_FEWEST, needed))


def beta_rule(a: float, b: float, count: int) -> tuple[list[float], list[float]]:
    """Return nodes in (0, 1) and weights that sum to 1, of means over Beta(a, b).

    They are the eigenvalues of the Jacobi matrix of the polynomials that are orthogonal under the
    density, and the squares of the first parts of its eigenvectors (Golub and Welsch 1969).
    """
    right, left = b - 1.0, a - 1.0
    n = np.arange(count, dtype=np.float64)
    total = 2.0 * n + right + left
    with np.errstate(divide="ignore", invalid="ignore"):
        diagonal = (left**2 - right**2) / (total * (total + 2.0))
    diagonal[0] = (left - right) / (left + right + 2.0)
    k, total = n[1:], total[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        square = (
            4.0 * k * (k + right) * (k + left) * (k + right + left)
            / (total**2 * (total + 1.0) * (total - 1.0))
        )  # fmt: skip
    if count > 1:
        square[0] = (
            4.0 * (1.0 + right) * (1.0 + left) / ((2.0 + right + left) ** 2 * (3.0 + right + left))
        )
    points, vectors = eigh_tridiagonal((diagonal + 1.0) / 2.0, np.sqrt(square) / 2.0)
    weights = vectors[0] ** 2
    inside = np.clip(points, np.finfo(float).tiny, 1.0)
    return inside.tolist(), (weights / weights.sum()).tolist()

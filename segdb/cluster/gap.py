"""Gap statistic (Tibshirani, Walther and Hastie 2001): how much tighter than noise.

Of many customers it is the mean over pairs of a draw and its own reference. The values of the B
pairs vary by the draw, by the box that the reference fills, and by the reference, so that their
standard deviation sd has all of it: error = sd · sqrt(1 / B + f), where a draw holds the share f of
the rows. With f near 0 the draws are independent, and it is that of a mean. With f = 1 all draws
are the same rows, sd is that of the references, and it is the paper's sd · sqrt(1 + 1 / B), in
which the references stand in for the sampling of the customers, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segdb.cluster.chain import chain
from segdb.cluster.kmeans import FINE, Fit, fit_from
from segdb.cluster.matrix import Floats, Matrix
from segdb.cluster.threads import in_threads

# Rows of a draw and of its reference.
ROWS = 2_000


@dataclass(frozen=True)
class Gap:
    """The gap of one k.

    Attributes:
        pairs: of each draw of the data, log(inertia) of its reference less that of the draw.
        share: of the rows, those that a draw holds; 1 where a draw is all of them.
    """

    pairs: tuple[float, ...]
    share: float

    @property
    def gap(self) -> float:
        """The mean over the pairs."""
        return float(np.mean(self.pairs))

    @property
    def error(self) -> float:
        """Its standard error, for the kind of customers that the rows are a sample of."""
        return _error(np.array(self.pairs), self.share)

    def error_beside(self, other: Gap) -> float:
        """Return the standard error of the difference to the gap of another k.

        Smaller than either error: what a draw has more or less of, it has for every k.
        """
        return _error(np.array(self.pairs) - np.array(other.pairs), self.share)


def gaps(matrix: Matrix, fits: Sequence[Fit], seed: int, references: int) -> dict[int, Gap] | None:
    """Return the gap of k = 1 and of each fit.

    To keep it cheap, it is measured on draws of at most 2,000 customers, drawn uniformly (of a
    weighted matrix: by weight); each fit is carried on over them. Each draw has a reference: as
    many rows, drawn uniformly from the box along the draw's principal components. Draws and
    references are the same for every k.

    Args:
        matrix: the rows that were fitted, or a uniform sample of the customers.
        fits: one a k.
        seed: of the draws.
        references: how many pairs of a draw and a reference, B; at least 2.

    Returns:
        None where there are no more rows that differ than clusters: nothing would be left within
        them, and that has no logarithm.
    """
    ks = [fit.k for fit in fits]

    def pair(number: int) -> dict[int, float] | None:
        """Return, by k, log(inertia) of a reference less that of its draw."""
        drawn = matrix.draw(ROWS, np.random.default_rng([seed, 1, number]))
        values = matrix.values[drawn]
        center = values.mean(axis=0)
        data = Matrix.of(values - center)
        if data.distinct_rows <= max(ks):
            return None
        within = {fit.k: fit_from(data, fit.centroids - center, FINE).inertia for fit in fits}
        generator = np.random.default_rng([seed, 2, number])
        noise = Matrix.of(_box(data.values, generator))
        found = chain(noise, ks, generator.integers(2**32, size=len(ks)).tolist(), starts=0)
        logs = {k: math.log(found[k].inertia / within[k]) for k in ks}
        return {1: math.log(_scatter(noise.values) / _scatter(data.values))} | logs

    pairs = [logs for logs in in_threads(pair, range(references)) if logs is not None]
    if len(pairs) < references:
        return None
    share = min(1.0, ROWS / len(matrix.values))
    return {k: Gap(tuple(logs[k] for logs in pairs), share) for k in (1, *ks)}


def _error(values: Floats, share: float) -> float:
    return float(values.std(ddof=1)) * math.sqrt(1.0 / len(values) + share)


def _box(values: Floats, generator: np.random.Generator) -> Floats:
    """Draw as many rows from the box along the principal components that just holds the rows."""
    _, _, axes = np.linalg.svd(values, full_matrices=False)
    turned = values @ axes.T
    rows: Floats = generator.uniform(turned.min(axis=0), turned.max(axis=0), turned.shape) @ axes
    return rows


def _scatter(values: Floats) -> float:
    return float(((values - values.mean(axis=0)) ** 2).sum())

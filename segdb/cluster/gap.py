"""Gap statistic (Tibshirani, Walther and Hastie 2001): how much tighter than noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segdb.cluster.chain import chain
from segdb.cluster.kmeans import Fit, lloyd_each
from segdb.cluster.matrix import Floats, Matrix
from segdb.cluster.threads import in_threads

# Rows of the data and of each reference. More lower the error, which the references set anyway.
ROWS = 2_000


@dataclass(frozen=True)
class Gap:
    """The gap of one k.

    Attributes:
        gap: mean over the references of log(inertia), less that of the data.
        error: its standard error s = sd · sqrt(1 + 1 / B), B references.
    """

    gap: float
    error: float


def gaps(matrix: Matrix, fits: Sequence[Fit], seed: int, references: int) -> dict[int, Gap] | None:
    """Return the gap of k = 1 and of each fit.

    To keep it cheap, it is measured on at most 2,000 customers, drawn uniformly (of a weighted
    matrix: by weight); each fit is carried on over them. A reference is as many rows drawn
    uniformly from the box along the principal components of the data.

    Args:
        matrix: the rows that were fitted, or a uniform sample of the customers.
        fits: one a k.
        seed: of the draws.
        references: how many references, B.

    Returns:
        None where there are no more rows that differ than clusters: nothing would be left within
        them, and that has no logarithm.
    """
    values = matrix.values[matrix.draw(ROWS, np.random.default_rng([seed, 1]))]
    center = values.mean(axis=0)
    data = Matrix.of(values - center)
    ks = [fit.k for fit in fits]
    if data.distinct_rows <= max(ks):
        return None
    carried = lloyd_each(data, [fit.centroids - center for fit in fits])
    own = {1: _scatter(data.values)} | {fit.k: fit.inertia for fit in carried}
    box = _Box(data.values)

    def reference(number: int) -> dict[int, float]:
        generator = np.random.default_rng([seed, 2, number])
        noise = Matrix.of(box.draw(generator))
        found = chain(noise, ks, generator.integers(2**32, size=len(ks)).tolist(), starts=0)
        return {1: _scatter(noise.values)} | {k: fit.inertia for k, fit in found.items()}

    noise = in_threads(reference, range(references))
    logs = {k: np.log([one[k] for one in noise]) for k in own}
    return {
        k: Gap(
            float(logs[k].mean()) - math.log(own[k]),
            float(logs[k].std()) * math.sqrt(1.0 + 1.0 / references),
        )
        for k in own
    }


class _Box:
    """The box along the principal components that just holds the rows."""

    def __init__(self, values: Floats) -> None:
        _, _, self.axes = np.linalg.svd(values, full_matrices=False)
        turned = values @ self.axes.T
        self.rows, self.low, self.high = len(values), turned.min(axis=0), turned.max(axis=0)

    def draw(self, generator: np.random.Generator) -> Floats:
        turned = generator.uniform(self.low, self.high, (self.rows, len(self.low)))
        rows: Floats = turned @ self.axes
        return rows


def _scatter(values: Floats) -> float:
    return float(((values - values.mean(axis=0)) ** 2).sum())

"""Gap statistic (Tibshirani, Walther and Hastie 2001): how much tighter than noise.

Of many customers it is the mean over B draws, each beside references of its own. Its error is the
standard error of that mean, and the paper's allowance for the sampling of the customers, by the
share f of them that a draw holds: error² = v / B + f · s². Here v is the variance of their gaps, by
the draws, the boxes that the references fill, and the references; s² that by the references alone,
which two references of each draw tell.
With f near 0 it is the error of a mean of independent draws. With f = 1 all draws are the same
rows, v = s², and it is the paper's s · sqrt(1 + 1 / B).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segdb.cluster.kmeans import FINE, Fit
from segdb.cluster.lloyd import lloyd
from segdb.cluster.matrix import Floats, Matrix
from segdb.cluster.threads import in_threads
from segdb.cluster.warm_start import chain

# Rows of a draw and of its reference.
ROWS = 2_000
# Of each draw, where there are more rows than it holds.
_REFERENCES = 2


@dataclass(frozen=True)
class Gap:
    """The gap of one k.

    Attributes:
        draws: (B,), of each draw the mean log(inertia) of its references less its own.
        references: (B, R), log(inertia) of the references of each draw.
        share: of the rows, those that a draw holds; 1 where a draw is all of them.
    """

    draws: Floats
    references: Floats
    share: float

    @property
    def gap(self) -> float:
        """The mean over the draws."""
        return float(np.mean(self.draws))

    @property
    def error(self) -> float:
        """Its standard error."""
        return _error(self.draws, self.references, self.share)

    def error_of_difference(self, other: Gap) -> float:
        """Return the standard error of the difference to the gap of another k.

        Smaller than either error: what a draw has more or less of, it has for every k.
        """
        references = self.references - other.references
        return _error(self.draws - other.draws, references, self.share)


def gaps(matrix: Matrix, fits: Sequence[Fit], seed: int, references: int) -> dict[int, Gap] | None:
    """Return the gap of k = 1 and of each fit.

    To keep it cheap, it is measured on draws of at most 2,000 customers, drawn uniformly (of a
    weighted matrix: by weight); each fit is carried on over them. A reference of it is
    as many rows, drawn uniformly from the box along the draw's principal components. Draws and
    references are the same for every k.

    Args:
        matrix: the rows that were fitted, or a uniform sample of the customers.
        fits: one a k.
        seed: of the draws.
        references: how many draws with references of their own, B; at least 2.

    Returns:
        None where there are no more rows that differ than clusters: nothing would be left within
        them, and that has no logarithm.
    """
    ks = [fit.k for fit in fits]

    share = min(1.0, ROWS / len(matrix.values))

    def one(number: int) -> tuple[Floats, Floats] | None:
        """Return log(inertia), of one cluster and of each k, of a draw and of its references."""
        drawn = matrix.draw(ROWS, np.random.default_rng([seed, 1, number]))
        center = matrix.values[drawn].mean(axis=0)
        data = Matrix.of(matrix.values[drawn] - center)
        if data.distinct_rows <= max(ks):
            return None
        within = [lloyd(data, fit.centroids - center, FINE).inertia for fit in fits]
        generator = np.random.default_rng([seed, 2, number])
        # Where all draws are the same rows, their references have one box.
        boxes = [_box(data.values, generator) for _ in range(1 if share == 1.0 else _REFERENCES)]
        noise = []
        for rows in boxes:
            seeds = generator.integers(2**32, size=len(ks)).tolist()
            reference_fits = chain(Matrix.of(rows), ks, seeds, starts=0)
            noise.append([_scatter(rows), *(reference_fits[k].inertia for k in ks)])
        return np.log([_scatter(data.values), *within]), np.log(noise)

    logs = [
        pair
        for pair in in_threads(one, range(references), rows=min(ROWS, len(matrix.values)))
        if pair is not None
    ]
    if len(logs) < references:
        return None
    # (B, 1 + how many k), and (B, R, 1 + how many k).
    data, noise = (np.array(each) for each in zip(*logs, strict=True))
    draws = noise.mean(axis=1) - data
    return {k: Gap(draws[:, place], noise[:, :, place], share) for place, k in enumerate((1, *ks))}


def _error(draws: Floats, references: Floats, share: float) -> float:
    # Around the mean of each draw; where each has one reference, around that of all.
    around = references.mean(axis=1 if references.shape[1] > 1 else 0, keepdims=True)
    by_references = ((references - around) ** 2).sum() / (references.size - around.size)
    return math.sqrt(draws.var(ddof=1) / len(draws) + share * by_references)


def _box(values: Floats, generator: np.random.Generator) -> Floats:
    """Draw as many rows from the box along the principal components that just holds the rows."""
    _, _, axes = np.linalg.svd(values, full_matrices=False)
    turned = values @ axes.T
    rows: Floats = generator.uniform(turned.min(axis=0), turned.max(axis=0), turned.shape) @ axes
    return rows


def _scatter(values: Floats) -> float:
    return float(((values - values.mean(axis=0)) ** 2).sum())

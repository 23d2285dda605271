"""Stability: whether other customers of the same kind would give the same segments."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from segdb.cluster.matrix import Floats, Matrix, Places
from segdb.cluster.nearest import nearest
from segdb.cluster.threads import in_threads
from segdb.cluster.warm_start import chain

# Rows of a resample. Fewer rows make a harsher test, and cost less.
ROWS = 5_000


@dataclass(frozen=True)
class Resample:
    """A bootstrap resample and the segments found in it.

    Attributes:
        drawn: places of the rows in it, each once, ascending.
        labels: (n,), of every row of the matrix the nearest centroid of the resample's fit.
    """

    drawn: Places
    labels: Places


def resamples(
    matrix: Matrix, ks: Sequence[int], seed: int, count: int
) -> dict[int, list[Resample]]:
    """Return, by k, K-Means of ``count`` bootstrap resamples, the same resamples for every k.

    A resample is as many rows as there are, or 5,000 where there are more, with replacement; a row
    counts by its weight times how often it was drawn. No fit starts from the centroids under test:
    it would end near them, and noise would look stable.

    Returns:
        Of a k fewer than ``count``, where a resample has fewer rows that differ than it.
    """

    def one(number: int) -> dict[int, Resample]:
        generator = np.random.default_rng([seed, number])
        rows = len(matrix.values)
        times = np.bincount(generator.integers(rows, size=min(rows, ROWS)), minlength=rows)
        drawn = np.flatnonzero(times)
        part = Matrix.of(matrix.values[drawn], times[drawn] * matrix.weights[drawn])
        seeds = generator.integers(2**32, size=len(ks)).tolist()
        possible = [k for k in ks if k <= part.distinct_rows]
        fits = chain(part, possible, seeds[: len(possible)], starts=1)
        return {
            k: Resample(drawn, nearest(matrix.values, fit.centroids)) for k, fit in fits.items()
        }

    by_number = in_threads(one, range(count), rows=min(ROWS, len(matrix.values)))
    return {k: [fits[k] for fits in by_number if k in fits] for k in ks}


@dataclass(frozen=True)
class Mean:
    """A mean over resamples.

    Attributes:
        value: the mean; None without resamples.
        error: its standard error, sd / √R of R resamples, sd with R - 1; None of fewer than two.
    """

    value: float | None = None
    error: float | None = None

    @classmethod
    def of(cls, values: Collection[float]) -> Mean:
        """Take the values of the resamples."""
        count, each = len(values), np.array(list(values))
        error = float(each.std(ddof=1)) / math.sqrt(count) if count > 1 else None
        return cls(float(each.mean()) if count else None, error)


def mean_agreement(matrix: Matrix, labels: Places, fits: Sequence[Resample]) -> Mean:
    """Return the mean adjusted Rand index of ``labels`` with those of the resamples.

    It is taken over all rows, by weight.
    """
    return Mean.of([adjusted_rand(labels, one.labels, matrix.weights) for one in fits])


def adjusted_rand(one: Places, other: Places, weights: Floats | None = None) -> float:
    """Return the adjusted Rand index (Hubert and Arabie 1985) of two labellings of (n,) rows.

    A row of weight w counts as w rows; 1 is the same, and 0 what chance gives.
    """
    weights = np.ones(len(one)) if weights is None else weights
    table = crossed(one, other, weights)
    both, first, second = (
        float((sums * (sums - 1.0)).sum()) for sums in (table, table.sum(axis=1), table.sum(axis=0))
    )
    total = float(weights.sum())
    expected = first * second / (total * (total - 1.0)) if total > 1.0 else 0.0
    most = (first + second) / 2.0
    return 1.0 if most == expected else (both - expected) / (most - expected)


def crossed(one: Places, other: Places, weights: Floats) -> Floats:
    """Return the (a, b) summed weights of each pair of labels."""
    a, b = int(one.max()) + 1, int(other.max()) + 1
    sums = np.bincount(one * b + other, weights, minlength=a * b)
    return sums.astype(np.float64).reshape(a, b)

"""Davies-Bouldin and Calinski-Harabasz from a few moments of each segment.

The moments are what one GROUP BY gives, so the figures are exact over all customers without one
of them in memory. Of each segment SQL has to supply

- ``sizes``: count(*),
- ``means``: avg of each column of the matrix,
- ``distances``: avg of the distance to those means,
- ``squares``: sum of its square.

At the fixed point of K-Means the means are the centroids, and the distance that assigning gives
serves for both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from segdb.cluster.matrix import Floats, Matrix, Places


@dataclass(frozen=True)
class Moments:
    """Moments of k segments, none of them empty.

    Attributes:
        sizes: (k,), customers.
        means: (k, d), scaled units.
        distances: (k,), mean distance to the segment's mean.
        squares: (k,), sum of squared distances to it.
    """

    sizes: Floats
    means: Floats
    distances: Floats
    squares: Floats


def moments(matrix: Matrix, labels: Places) -> Moments:
    """Return the moments of the segments that have rows, by weight, in the order of the labels."""
    kinds, own = np.unique(labels, return_inverse=True)
    count = len(kinds)

    def total(values: Floats) -> Floats:
        return np.bincount(own, values * matrix.weights, minlength=count).astype(np.float64)

    sizes = total(np.ones(len(own)))
    sums = [total(column) for column in matrix.values.T]
    means = np.column_stack(sums) / sizes[:, None]
    squares = ((matrix.values - means[own]) ** 2).sum(axis=1)
    return Moments(
        sizes=sizes,
        means=means,
        distances=total(np.sqrt(squares)) / sizes,
        squares=total(squares),
    )


def davies_bouldin(of: Moments) -> float | None:
    """Return the index of Davies and Bouldin (1979), lower is better.

    Mean over the segments of their largest (s_i + s_j) / d_ij, with s the mean distance to the own
    mean and d the distance between means. None for one segment, or for two with the same mean.
    """
    apart = cdist(of.means, of.means)
    np.fill_diagonal(apart, np.inf)
    if len(of.sizes) < 2 or not apart.all():
        return None
    return float(((of.distances[:, None] + of.distances) / apart).max(axis=1).mean())


def calinski_harabasz(of: Moments) -> float | None:
    """Return the index of Calinski and Harabasz (1974), higher is better.

    The scatter between segments, Σ size · d²(mean, mean of all) / (k - 1), by the scatter within,
    Σ squares / (n - k). None for one segment, as many as customers, or nothing scattered within.
    """
    count, customers, within = len(of.sizes), of.sizes.sum(), of.squares.sum()
    if count < 2 or customers <= count or within <= 0.0:
        return None
    center = of.sizes @ of.means / customers
    between = of.sizes @ ((of.means - center) ** 2).sum(axis=1)
    return float(between / (count - 1) / (within / (customers - count)))

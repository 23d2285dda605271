"""PCA: principal components of a covariance matrix (Pearson 1901, Hotelling 1933)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segdb.cluster.matrix import Floats, Matrix


@dataclass(frozen=True)
class Components:
    """Principal components, the widest first.

    Attributes:
        loadings: (d, d), one unit vector a row; its largest loading is positive, and of several
            that are as large the first.
        explained_variance: (d,), the variance along each.
        explained_share: (d,), of all variance; zeros where there is none.
    """

    loadings: Floats
    explained_variance: Floats
    explained_share: Floats


def covariances(matrix: Matrix) -> Floats:
    """Return the (d, d) population covariances of a matrix whose rows all weigh 1."""
    # Of one column NumPy makes a number.
    return np.atleast_2d(np.cov(matrix.values, rowvar=False, bias=True))


def principal(covariance: Sequence[Sequence[float]]) -> Components:
    """Return the principal components of a (d, d) covariance matrix."""
    values, vectors = np.linalg.eigh(np.asarray(covariance, dtype=np.float64))
    order = np.argsort(-values, kind="stable")
    variance = np.maximum(values[order], 0.0)
    loadings = np.ascontiguousarray(vectors[:, order].T)
    sizes = np.abs(loadings)
    # Of two standardized features both are as large, but for their last bits.
    largest = np.argmax(sizes >= sizes.max(axis=1, keepdims=True) * (1 - 1e-6), axis=1)
    loadings *= np.sign(loadings[np.arange(len(loadings)), largest])[:, None]
    total = variance.sum()
    share = variance / total if total > 0 else np.zeros_like(variance)
    return Components(loadings, variance, share)

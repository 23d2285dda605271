"""Fixed silhouette: of segments whose centroids were not fitted to these rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segdb.cluster.k_scan import silhouette_rows
from segdb.cluster.matrix import Matrix
from segdb.cluster.nearest import nearest
from segdb.cluster.per_cluster import segment_silhouettes
from segdb.cluster.silhouette import silhouettes


def fixed_silhouettes(
    matrix: Matrix, sample: Matrix | None, centroids: Sequence[Sequence[float]], seed: int
) -> tuple[float | None, tuple[float | None, ...]]:
    """Return the mean silhouette of all, and of each cluster, on the rows that ``scan`` judges by.

    Args:
        matrix: the compact matrix.
        sample: a uniform sample of the customers, where the matrix is not all of them.
        centroids: (k, d), one a cluster.
        seed: of what is drawn.
    """
    rows = silhouette_rows(matrix, sample, seed)
    labels = nearest(rows.values, np.asarray(centroids, dtype=np.float64))
    values = silhouettes(rows, [labels])[0]
    whole = None if values is None else float(np.average(values, weights=rows.weights))
    return whole, segment_silhouettes(values, labels, rows.weights, len(centroids))

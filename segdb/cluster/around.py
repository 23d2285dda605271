"""Around: what lies around centroids, of a matrix that is everyone."""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import cdist

from segdb.cluster.matrix import Floats, Matrix


def around(matrix: Matrix, centroids: Floats) -> dict[int, dict[str, float]]:
    """Return what ``segdb.stages.explore.quality`` gives in SQL, with no statement to compile.

    Args:
        matrix: every customer.
        centroids: (k, d), one a cluster, scaled units.

    Returns:
        By place of the centroid, for those that have customers: ``customers``, and the sums of
        their ``distances`` to it, of the ``squares`` of those, and of the ``margins``, (d2 - d1) /
        d2 with d2 the distance to the next nearest centroid; 0 where that is 0.
    """
    apart = cdist(matrix.values, centroids)
    nearest = apart.argmin(axis=1)
    rows = np.arange(len(apart))
    own = apart[rows, nearest]
    apart[rows, nearest] = np.inf
    other = apart.min(axis=1)
    margins = np.where(other > 0.0, 1.0 - own / np.where(other > 0.0, other, 1.0), 0.0)
    parts = {"customers": 1.0, "distances": own, "squares": own**2, "margins": margins}
    sums = {
        name: np.bincount(nearest, matrix.weights * part, minlength=len(centroids))
        for name, part in parts.items()
    }
    return {
        int(place): {name: float(total[place]) for name, total in sums.items()}
        for place in np.flatnonzero(sums["customers"])
    }

"""Libraries: what of SciPy and scikit-learn ``cluster/`` calls, loaded at the first call.

A refresh, a rollback and a score compute no K-Means, and do not wait for what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdb.lazy import lazy

__all__ = [
    "DecisionTreeClassifier",
    "KMeans",
    "cdist",
    "cpu_count",
    "linear_sum_assignment",
    "minimize_scalar",
    "sklearn",
]

if TYPE_CHECKING:
    import sklearn
    from joblib import cpu_count  # type: ignore[import-untyped]
    from scipy.optimize import linear_sum_assignment, minimize_scalar
    from scipy.spatial.distance import cdist
    from sklearn.cluster import KMeans
    from sklearn.tree import DecisionTreeClassifier
else:
    sklearn = lazy("sklearn")
    cpu_count = lazy("joblib", "cpu_count")
    linear_sum_assignment = lazy("scipy.optimize", "linear_sum_assignment")
    minimize_scalar = lazy("scipy.optimize", "minimize_scalar")
    cdist = lazy("scipy.spatial.distance", "cdist")
    KMeans = lazy("sklearn.cluster", "KMeans")
    DecisionTreeClassifier = lazy("sklearn.tree", "DecisionTreeClassifier")

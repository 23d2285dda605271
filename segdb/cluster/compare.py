"""Compare: other algorithms on the same rows, beside K-Means and the published segments."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors

from segdb.cluster.kmeans_range import fit
from segdb.cluster.matrix import Floats, Matrix, Places
from segdb.cluster.separation import calinski_harabasz, davies_bouldin, moments
from segdb.cluster.silhouette import mean_silhouettes
from segdb.cluster.stability import adjusted_rand
from segdb.cluster.threads import in_threads

# Ward holds the distances of all pairs twice: 130 MB at so many rows.
ROWS = 4_000
_STARTS = 10
_MIXTURE_STARTS = 3
# HDBSCAN's own least cluster of five customers is no segment.
_LEAST_SHARE = 0.01


@dataclass(frozen=True)
class Grouping:
    """What an algorithm made of the rows.

    Attributes:
        labels: (n,), the cluster of each row; -1 for noise.
        settings: with which it was run, in words.
        bic: Bayesian information criterion, lower is better; of a mixture only.
    """

    labels: Places
    settings: str
    bic: float | None = None


@dataclass(frozen=True)
class Comparison:
    """How one algorithm did.

    Attributes:
        algorithm: its name.
        settings: with which it was run, in words.
        clusters: how many it found.
        labels: (n,), the cluster of each row: 1 is the largest, 2 the next; 0 is noise.
        sizes: rows of each cluster, the largest first.
        noise: rows in none of them.
        noise_share: share of the rows in none of them.
        silhouette: mean silhouette of the others, -1 to 1; None for fewer than two clusters.
        davies_bouldin: of the others, lower is better.
        calinski_harabasz: of the others, higher is better.
        inertia: sum of squared distances to the clusters' means, noise left out.
        adjusted_rand: adjusted Rand index against the given labels, noise as a cluster of its own.
        bic: Bayesian information criterion, lower is better; of a mixture only.
        rows: how many rows it was run on.
        sampled: whether they are a draw of the matrix.
        seconds: what it took, on one thread.
    """

    algorithm: str
    settings: str
    clusters: int
    labels: tuple[int, ...]
    sizes: tuple[int, ...]
    noise: int
    noise_share: float
    silhouette: float | None
    davies_bouldin: float | None
    calinski_harabasz: float | None
    inertia: float
    adjusted_rand: float
    bic: float | None
    rows: int
    sampled: bool
    seconds: float


@dataclass(frozen=True)
class Compared:
    """What came of a comparison.

    Attributes:
        ids: (n,), of the rows that were compared, in the order of the labels; None without ids.
        algorithms: how each did.
    """

    ids: pa.Array | None
    algorithms: tuple[Comparison, ...]


def compare(matrix: Matrix, labels: Places, seed: int) -> Compared:
    """Run every algorithm on the same rows: all of them up to 4,000, and else a seeded draw.

    Where a number of clusters has to be given, it is that of the labels.

    Args:
        matrix: rows of customers; a uniform sample where there are too many.
        labels: (n,), their published segments.
        seed: of the draw and of the algorithms that need one.
    """
    drawn = matrix.draw(ROWS, np.random.default_rng([seed, 3]))
    rows = matrix.take(drawn)
    rows = replace(rows, weights=np.ones(len(drawn)))
    published = np.unique(labels[drawn], return_inverse=True)[1].astype(np.intp)
    k = int(published.max()) + 1
    fitted = []
    for name, algorithm in ALGORITHMS.items():
        begun = time.perf_counter()
        grouping = in_threads(lambda run: run(rows, k, seed), [algorithm])[0]
        seconds = time.perf_counter() - begun
        sampled = len(drawn) < len(matrix.values)
        fitted.append(_measured(name, grouping, rows, published, sampled, seconds))
    return Compared(rows.ids, tuple(fitted))


def compare_labelled(matrix: Matrix, label: str, seed: int) -> Compared:
    """Compare on a matrix whose column ``label`` holds the published segments."""
    place = matrix.features.index(label)
    values = np.ascontiguousarray(np.delete(matrix.values, place, axis=1))
    names = tuple(name for name in matrix.features if name != label)
    labels = matrix.values[:, place].astype(np.intp)
    return compare(Matrix(matrix.ids, values, matrix.weights, names), labels, seed)


def _measured(
    name: str,
    grouping: Grouping,
    rows: Matrix,
    published: Places,
    sampled: bool,
    seconds: float,
) -> Comparison:
    numbered, sizes = by_size(grouping.labels)
    inside = np.flatnonzero(numbered)
    labels = numbered[inside] - 1
    clusters = len(sizes)
    part = rows.take(inside)
    members = [part.values[labels == place] for place in range(clusters)]
    inertia = sum(float(((each - each.mean(axis=0)) ** 2).sum()) for each in members)
    of = moments(part, labels) if clusters > 1 else None
    return Comparison(
        algorithm=name,
        settings=grouping.settings,
        clusters=clusters,
        labels=tuple(numbered.tolist()),
        sizes=sizes,
        noise=len(rows.values) - len(inside),
        noise_share=(len(rows.values) - len(inside)) / len(rows.values),
        silhouette=mean_silhouettes(part, [labels])[0] if of else None,
        davies_bouldin=davies_bouldin(of) if of else None,
        calinski_harabasz=calinski_harabasz(of) if of else None,
        inertia=inertia,
        adjusted_rand=adjusted_rand(numbered, published),
        bic=grouping.bic,
        rows=len(rows.values),
        sampled=sampled,
        seconds=seconds,
    )


def by_size(labels: Places) -> tuple[Places, tuple[int, ...]]:
    """Number clusters from 1, the largest first; what was below 0 is noise, and 0.

    Returns:
        The (n,) numbers, and the size of each cluster in their order.
    """
    names, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    order = [place for place in np.argsort(-counts, kind="stable") if names[place] >= 0]
    numbers = np.zeros(len(names), dtype=np.intp)
    numbers[order] = np.arange(1, len(order) + 1)
    return numbers[places.reshape(-1)], tuple(int(counts[place]) for place in order)


def _kmeans(rows: Matrix, k: int, seed: int) -> Grouping:
    return Grouping(fit(rows, k, seed, _STARTS).labels, f"k = {k}, {_STARTS} starts")


def _ward(rows: Matrix, k: int, _: int) -> Grouping:
    fitted = AgglomerativeClustering(k, linkage="ward").fit(rows.values)
    return Grouping(fitted.labels_.astype(np.intp), f"k = {k}")


def _dbscan(rows: Matrix, _k: int, _: int) -> Grouping:
    near = _neighbours(rows)
    reach = knee_distance(rows.values, near)
    fitted = DBSCAN(eps=reach, min_samples=near).fit(rows.values)
    return Grouping(fitted.labels_.astype(np.intp), f"eps = {reach:.4g}, min_samples = {near}")


def _hdbscan(rows: Matrix, _k: int, _: int) -> Grouping:
    near = _neighbours(rows)
    least = max(near, round(_LEAST_SHARE * len(rows.values)))
    fitted = HDBSCAN(min_cluster_size=least, min_samples=near, copy=True).fit(rows.values)
    settings = f"min_cluster_size = {least}, min_samples = {near}"
    return Grouping(fitted.labels_.astype(np.intp), settings)


def _mixture(rows: Matrix, k: int, seed: int) -> Grouping:
    fitted = GaussianMixture(k, n_init=_MIXTURE_STARTS, random_state=seed).fit(rows.values)
    labels = fitted.predict(rows.values).astype(np.intp)
    settings = f"{k} components, full covariances"
    return Grouping(labels, settings, float(fitted.bic(rows.values)))


def _neighbours(rows: Matrix) -> int:
    """Return the neighbours that make a row dense: twice the dimensions (Sander et al. 1998)."""
    count, dimensions = rows.values.shape
    return int(min(2 * dimensions, count))


def knee_distance(values: Floats, near: int) -> float:
    """Return the radius for DBSCAN: the knee of the sorted k-distances (Ester et al. 1996).

    The k-distance of a row is that to its ``near``-th nearest row, itself the first. The knee is
    the place of the ascending curve farthest below the diagonal (Satopää et al. 2011).
    """
    distances, _ = NearestNeighbors(n_neighbors=near).fit(values).kneighbors(values)
    curve = np.sort(distances[:, -1])
    spread = curve[-1] - curve[0]
    if spread > 0.0:
        below = np.linspace(0.0, 1.0, len(curve)) - (curve - curve[0]) / spread
        reach = float(curve[below.argmax()])
    else:
        reach = float(curve[-1])
    # Zero where most rows have as many twins, and DBSCAN wants more.
    return reach if reach > 0.0 else 1e-9


ALGORITHMS: Mapping[str, Callable[[Matrix, int, int], Grouping]] = {
    "K-Means": _kmeans,
    "Ward": _ward,
    "DBSCAN": _dbscan,
    "HDBSCAN": _hdbscan,
    "Gaussian mixture": _mixture,
}

"""K scan: the evidence for each number of segments, from the compact matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from segdb.cluster.candidate import Candidate
from segdb.cluster.gap import gaps
from segdb.cluster.kmeans import Fit
from segdb.cluster.kmeans_range import fit_range
from segdb.cluster.matrix import Floats, Matrix, Places
from segdb.cluster.nearest import nearest
from segdb.cluster.per_cluster import segment_silhouettes, segment_stabilities
from segdb.cluster.separation import calinski_harabasz, davies_bouldin, moments
from segdb.cluster.silhouette import EXACT_ROWS, SAMPLE_ROWS, silhouettes
from segdb.cluster.stability import mean_agreement, resamples
from segdb.cluster.verdict import Verdict, verdict

__all__ = ["DRAWS", "Candidate", "Draws", "Verdict", "k_scan", "verdict"]


class Draws(NamedTuple):
    """How often is drawn for the evidence, the same for each k.

    Attributes:
        references: draws of the gap statistic, with uniform references each, at least 2; 0 leaves
            it out.
        resamples: bootstrap resamples of the stability; 0 leaves it out.
    """

    references: int = 10
    resamples: int = 10


DRAWS = Draws()


def k_scan(
    matrix: Matrix,
    sample: Matrix | None,
    k_range: Sequence[int],
    seed: int,
    n_init: int,
    draws: Draws = DRAWS,
) -> tuple[Candidate, ...]:
    """Fit each k and gather the evidence.

    The silhouette is exact on a matrix of up to 10,000 rows, and else taken on ``sample``, or
    without one on a seeded draw of the matrix. Inertia, Davies-Bouldin, Calinski-Harabasz and
    stability are of the matrix, by weight; the gap is of draws of at most 2,000 customers.

    Args:
        matrix: the rows to fit.
        sample: a uniform sample of the customers, where the matrix is not all of them.
        k_range: numbers of segments, ascending; those above the number of rows that differ are
            left out, unless that leaves none.
        seed: of all that is drawn.
        n_init: starts of K-Means for each k.
        draws: of the gap statistic and the stability.

    Raises:
        DataError: there are fewer rows that differ than the least k.
    """
    possible = [k for k in k_range if k <= matrix.distinct_rows] or [min(k_range)]
    fits = fit_range(matrix, possible, seed, n_init)
    rows = silhouette_rows(matrix, sample, seed)
    labellings = [
        fit.labels if rows is matrix else nearest(rows.values, fit.centroids) for fit in fits
    ]
    each = silhouettes(rows, labellings)
    tried = [
        _candidate(matrix, fit, rows.weights, labels, values)
        for fit, labels, values in zip(fits, labellings, each, strict=True)
    ]
    if draws.references:
        # More rows to draw from are better; of a coreset, the sample is uniform.
        tried = _with_gaps(tried, matrix if matrix.uniform else rows, seed, draws.references)
    if draws.resamples:
        tried = _with_stability(matrix, tried, seed, draws.resamples)
    return tuple(tried)


def silhouette_rows(matrix: Matrix, sample: Matrix | None, seed: int) -> Matrix:
    """Return the rows that silhouettes are of: the sample, or 5,000 of a matrix above 10,000."""
    if sample is not None or len(matrix.values) <= EXACT_ROWS:
        return matrix if sample is None else sample
    return matrix.sample(SAMPLE_ROWS, np.random.default_rng([seed, 0]))


def _candidate(
    matrix: Matrix,
    fit: Fit,
    weights: Floats,
    labels: Places,
    values: Floats | None,
) -> Candidate:
    of = moments(matrix, fit.labels)
    return Candidate(
        k=fit.k,
        fit=fit,
        inertia=fit.inertia,
        explained=1.0 - fit.inertia / of.scatter if of.scatter else 1.0,
        silhouette=None if values is None else float(np.average(values, weights=weights)),
        silhouettes=segment_silhouettes(values, labels, weights, fit.k),
        davies_bouldin=davies_bouldin(of),
        calinski_harabasz=calinski_harabasz(of),
    )


def _with_gaps(tried: list[Candidate], rows: Matrix, seed: int, references: int) -> list[Candidate]:
    known = gaps(rows, [one.fit for one in tried], seed, references)
    if known is None:
        return tried
    before = [1, *(one.k for one in tried)]
    return [
        replace(
            one,
            gap=known[one.k].gap,
            gap_error=known[one.k].error,
            gap_of_one=known[1].gap,
            gap_rise_error=known[one.k].error_of_difference(known[1]),
            gap_step_error=known[one.k].error_of_difference(known[k]),
        )
        for one, k in zip(tried, before, strict=False)
    ]


def _with_stability(
    matrix: Matrix, tried: list[Candidate], seed: int, count: int
) -> list[Candidate]:
    drawn = resamples(matrix, [one.k for one in tried], seed, count)
    candidates = []
    for one in tried:
        whole = mean_agreement(matrix, one.fit.labels, drawn[one.k])
        each = segment_stabilities(matrix, one.fit, drawn[one.k])
        candidates.append(
            replace(
                one,
                stability=whole.value,
                stability_error=whole.error,
                stabilities=tuple(mean.value for mean in each),
                stability_errors=tuple(mean.error for mean in each),
            )
        )
    return candidates

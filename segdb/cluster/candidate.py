"""Candidate: the evidence for one number of segments."""

from __future__ import annotations

from dataclasses import dataclass

from segdb.cluster.kmeans import Fit


@dataclass(frozen=True)
class Candidate:
    """The evidence for one k, on the compact matrix; None where it is not defined or not asked for.

    Attributes:
        k: number of segments.
        fit: K-Means.
        inertia: of the fit, scaled units squared.
        explained: share of the whole scatter that lies between the segments, 0 to 1.
        silhouette: mean silhouette, -1 to 1 (Rousseeuw 1987).
        davies_bouldin: lower is better (Davies and Bouldin 1979).
        calinski_harabasz: higher is better (Calinski and Harabasz 1974).
        gap: gap statistic (Tibshirani, Walther and Hastie 2001).
        gap_error: its standard error.
        gap_of_one: the gap of a single segment, the same for every k: what k has to beat.
        gap_rise_error: standard error of ``gap - gap_of_one``, on the same draws.
        gap_step_error: standard error of the difference to the gap of the k before; of the first,
            to ``gap_of_one``.
        stability: mean adjusted Rand index over bootstrap resamples.
        stability_error: its standard error; None of fewer than two resamples.
        silhouettes: mean silhouette of each segment's rows.
        stabilities: mean Jaccard similarity of each segment over the resamples (Hennig 2007);
            empty where they were not asked for.
        stability_errors: the standard error of each of these.
    """

    k: int
    fit: Fit
    inertia: float
    explained: float
    silhouette: float | None
    davies_bouldin: float | None
    calinski_harabasz: float | None
    gap: float | None = None
    gap_error: float | None = None
    gap_of_one: float | None = None
    gap_rise_error: float | None = None
    gap_step_error: float | None = None
    stability: float | None = None
    stability_error: float | None = None
    silhouettes: tuple[float | None, ...] = ()
    stabilities: tuple[float | None, ...] = ()
    stability_errors: tuple[float | None, ...] = ()

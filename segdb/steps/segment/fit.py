"""Fit: the compact matrix, K-Means for each k, the choice, and segments in a canonical order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from segdb.cluster.candidate import Candidate
from segdb.cluster.distance_stats import simplified_silhouettes
from segdb.cluster.k_scan import DRAWS, Draws, Verdict, k_scan, verdict
from segdb.config.sections import Cluster
from segdb.engines.protocol import Database
from segdb.errors import DataError
from segdb.expressions.assign import assign
from segdb.expressions.profile import sizes
from segdb.steps.progress import Progress
from segdb.steps.segment.cluster_metrics import Quality, quality_from
from segdb.steps.segment.refine import Centroids, refine_fit
from segdb.steps.segment.sampling import matrices
from segdb.steps.segment.scaled_customers import ScaledCustomers


@dataclass(frozen=True)
class Fitted:
    """What K-Means gave, its clusters in the canonical order of the segments.

    Attributes:
        centroids: scaled units, the most valuable segment first; without value, the largest.
        inertia: over all customers, scaled units squared.
        silhouette: of the chosen k.
        stability: of the chosen k, mean adjusted Rand index over resamples.
        silhouettes: mean of each segment's customers.
        stabilities: of each segment, mean Jaccard similarity over resamples.
        stability_errors: the standard error of each of these.
        smallest_share: share of the customers in the smallest segment.
        matrix_rows: rows that K-Means saw.
        matrix_inertia: on those rows, by weight.
        unrefined_inertia: over all customers, before the refinement.
        refine_steps: of the refinement; 0 where K-Means saw every customer.
        verdict: why this k, in a sentence.
        clear: whether one k is clearly better than the others.
        k_selection: the rows of that table.
    """

    centroids: tuple[tuple[float, ...], ...]
    inertia: float
    silhouette: float | None
    stability: float | None
    silhouettes: tuple[float | None, ...]
    stabilities: tuple[float | None, ...]
    stability_errors: tuple[float | None, ...]
    smallest_share: float
    matrix_rows: int
    matrix_inertia: float
    unrefined_inertia: float
    refine_steps: int
    verdict: str
    clear: bool
    k_selection: tuple[dict[str, Any], ...]


def fit_segments(
    store: Database,
    settings: Cluster,
    scaled: ScaledCustomers,
    progress: Progress,
    value: tuple[str, ...] = (),
    draws: Draws = DRAWS,
) -> Fitted:
    """Find the segments.

    Args:
        store: where the customers are.
        settings: how many segments, and how to look for them.
        scaled: the customers.
        progress: receives messages and warnings.
        value: the features of the settings whose sum is what a customer brings.
        draws: how much evidence is gathered.

    Raises:
        DataError: there are fewer customers than segments, or they are all alike.
    """
    tried, squares = _tried(settings, scaled.number), scaled.squares
    progress.step(f"Finding segments (k = {tried[0]} to {tried[-1]})")
    drawn = matrices(store, settings, scaled)
    compact, distances = drawn.compact, drawn.distances
    candidates = k_scan(compact, drawn.uniform, tried, settings.seed, settings.n_init, draws)
    progress.step("Weighing the evidence")
    by_k = {c.k: c.fit.centroids.tolist() for c in candidates}
    groups = distances.qualities(list(by_k.values()))
    qualities = {
        k: quality_from(around, by_k[k], squares) for k, around in zip(by_k, groups, strict=True)
    }
    candidates = tuple(_over_all(candidate, qualities[candidate.k]) for candidate in candidates)
    decision = _decided(candidates, settings, progress)
    best = next(candidate for candidate in candidates if candidate.k == decision.k)
    # K-Means on every customer ends where a step moves nothing.
    most = 0 if scaled.number <= settings.matrix_rows else settings.max_refine
    refined = refine_fit(distances, best.fit, max_steps=most)
    by_k[decision.k] = refined.centroids
    quality = qualities[decision.k] = quality_from(refined.groups, refined.centroids, squares)
    silhouettes = simplified_silhouettes(drawn.evaluated, list(by_k.values()))
    simplified = dict(zip(by_k, silhouettes, strict=True))
    order = _canonical(store, scaled, refined.centroids, value)
    return Fitted(
        centroids=tuple(refined.centroids[place] for place in order),
        inertia=quality.inertia,
        silhouette=best.silhouette,
        stability=best.stability,
        silhouettes=tuple(best.silhouettes[place] for place in order),
        stabilities=_in_order(best.stabilities, order),
        stability_errors=_in_order(best.stability_errors, order),
        smallest_share=min(quality.sizes) / scaled.number,
        matrix_rows=len(compact.values),
        matrix_inertia=best.fit.inertia,
        unrefined_inertia=refined.inertia_before,
        refine_steps=refined.steps,
        verdict=decision.sentence,
        clear=decision.clear,
        k_selection=tuple(_row(c, qualities[c.k], simplified[c.k], decision) for c in candidates),
    )


def _in_order(values: Sequence[float | None], order: Sequence[int]) -> tuple[float | None, ...]:
    """Return the segments' values in their order; None where they were not asked for."""
    return tuple(values[place] if values else None for place in order)


def _decided(candidates: tuple[Candidate, ...], settings: Cluster, progress: Progress) -> Verdict:
    k = settings.k
    if k == "auto":
        decision = verdict(candidates, settings.criterion)
    else:
        decision = Verdict(k, "given", (f"{k} segments, as given",), clear=False)
    progress.note(decision.sentence)
    return decision


def _tried(settings: Cluster, customers: int) -> range:
    if settings.k != "auto":
        if settings.k > customers:
            raise DataError(
                f"{customers:,} customers cannot make {settings.k} segments. Set [cluster] k "
                "to fewer, or read more customers."
            )
        return range(settings.k, settings.k + 1)
    if settings.k_min >= customers:
        raise DataError(
            f"{customers:,} customers are too few to choose among {settings.k_min} segments "
            "and more. Read more customers, or set [cluster] k."
        )
    return range(settings.k_min, min(settings.k_max, customers - 1) + 1)


def _canonical(
    store: Database, scaled: ScaledCustomers, centroids: Centroids, value: tuple[str, ...]
) -> list[int]:
    """Return the clusters from the most valuable to the least; without value, by size."""
    model, columns = scaled.model, scaled.model.catalogue.value(value)
    measured = store.rows(sizes(assign(scaled.table, model.columns, centroids), columns))
    worth = {
        row["nearest"]: float((row["value"] if columns else row["customers"]) or 0.0)
        for row in measured
    }
    return sorted(
        range(len(centroids)),
        key=lambda place: (-worth.get(place, float("-inf")), centroids[place]),
    )


def _over_all(candidate: Candidate, quality: Quality) -> Candidate:
    """Put figures over all customers in the place of those over the compact matrix."""
    return replace(
        candidate,
        inertia=quality.inertia,
        davies_bouldin=quality.davies_bouldin,
        calinski_harabasz=quality.calinski_harabasz,
    )


def _row(
    candidate: Candidate, quality: Quality, simplified: float, decision: Verdict
) -> dict[str, Any]:
    return {
        "k": candidate.k,
        "inertia": quality.inertia,
        "silhouette": candidate.silhouette,
        "simplified_silhouette": simplified,
        "davies_bouldin": quality.davies_bouldin,
        "calinski_harabasz": quality.calinski_harabasz,
        "gap": candidate.gap,
        "gap_error": candidate.gap_error,
        "gap_step_error": candidate.gap_step_error,
        "stability": candidate.stability,
        "stability_error": candidate.stability_error,
        "evidence": "; ".join(decision.evidence.get(candidate.k, ())) or None,
        "selected": candidate.k == decision.k,
    }

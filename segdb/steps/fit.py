"""Fit: the compact matrix, K-Means for each k, the choice, and segments in a canonical order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from segdb.cluster.choice import Candidate, Verdict, scan, verdict
from segdb.cluster.matrix import Matrix
from segdb.errors import DataError
from segdb.model import Parameters, Segment
from segdb.settings import Settings
from segdb.stages.assign import assign
from segdb.stages.matrix import coreset, everyone, sample, spread
from segdb.stages.profile import sizes
from segdb.steps.intake import Intake
from segdb.steps.progress import Progress
from segdb.store.duckdb import DuckDB

# The silhouette needs the distances of all pairs: exact up to here, on a sample above.
SILHOUETTE_ROWS = 10_000


@dataclass(frozen=True)
class Fitted:
    """What K-Means gave.

    Attributes:
        segments: in the canonical order, with ids from 1.
        inertia: over all customers, scaled units.
        silhouette: of the chosen k.
        matrix_rows: rows that K-Means saw.
        verdict: why this k, in a sentence.
        k_selection: the rows of that table.
    """

    segments: tuple[Segment, ...]
    inertia: float
    silhouette: float | None
    matrix_rows: int
    verdict: str
    k_selection: tuple[dict[str, Any], ...]


def fit(
    store: DuckDB,
    settings: Settings,
    intake: Intake,
    parameters: tuple[Parameters, ...],
    scaled: ir.Table,
    progress: Progress,
) -> Fitted:
    """Find the segments.

    Raises:
        DataError: there are fewer customers than segments, or they are all alike.
    """
    chosen = settings.cluster
    tried = _tried(settings, intake)
    inside = sorted(
        (p for p in parameters if p.position is not None), key=lambda p: p.position or 0
    )
    columns = [p.column for p in inside]
    progress.step(f"Finding segments (k = {tried[0]} to {tried[-1]})")
    matrix, uniform = _matrices(store, settings, intake, columns, scaled)
    candidates = scan(matrix, uniform, tried, seed=chosen.seed, n_init=chosen.n_init)
    decision = (
        verdict(candidates, chosen.criterion)
        if chosen.k == "auto"
        else Verdict(chosen.k, "given", f"k = {chosen.k} was given.", clear=True)
    )
    progress.note(decision.sentence)
    best = next(candidate for candidate in candidates if candidate.k == decision.k)
    raw = [tuple(float(v) for v in centroid) for centroid in best.fit.centroids]
    segments, inertia = _canonical(store, intake, scaled, columns, inside, raw)
    return Fitted(
        segments=segments,
        inertia=inertia,
        silhouette=best.silhouette,
        matrix_rows=len(matrix.values),
        verdict=decision.sentence,
        k_selection=tuple(_row(candidate, decision.k) for candidate in candidates),
    )


def _tried(settings: Settings, intake: Intake) -> range:
    chosen = settings.cluster
    if chosen.k != "auto":
        if chosen.k > intake.customers:
            raise DataError(
                f"{intake.customers:,} customers cannot make {chosen.k} segments. Set [cluster] k "
                "to fewer, or read more customers."
            )
        return range(chosen.k, chosen.k + 1)
    if chosen.k_min >= intake.customers:
        raise DataError(
            f"{intake.customers:,} customers are too few to choose among {chosen.k_min} segments "
            "and more. Read more customers, or set [cluster] k."
        )
    return range(chosen.k_min, min(chosen.k_max, intake.customers - 1) + 1)


def _matrices(
    store: DuckDB, settings: Settings, intake: Intake, columns: list[str], scaled: ir.Table
) -> tuple[Matrix, Matrix | None]:
    seed, rows, customers = settings.cluster.seed, settings.cluster.matrix_rows, intake.customers

    def fetched(query: ir.Table) -> Matrix:
        return Matrix.from_arrow(store.fetch(query), "customer_id", "weight")

    uniform = None
    if customers > SILHOUETTE_ROWS:
        # Not the coreset's own draw: the silhouette wants every customer to be as likely.
        uniform = fetched(sample(scaled, columns, SILHOUETTE_ROWS, customers, seed + 1))
    if customers <= rows:
        return fetched(everyone(scaled, columns)), uniform
    row = store.rows(spread(scaled, columns))[0]
    means = [row[f"mean_{i}"] for i in range(len(columns))]
    drawn = coreset(scaled, columns, means, row["squares"], customers, rows, seed)
    return fetched(drawn), uniform


def _canonical(
    store: DuckDB,
    intake: Intake,
    scaled: ir.Table,
    columns: list[str],
    inside: list[Parameters],
    centroids: list[tuple[float, ...]],
) -> tuple[tuple[Segment, ...], float]:
    value = "monetary" if "monetary" in intake.catalogue.names else inside[0].feature
    entry = next(entry for entry in intake.catalogue.entries if entry.name == value)
    sign = 1 if entry.better == "higher" else -1
    measured = store.rows(sizes(assign(scaled, columns, centroids), value))
    worth = {row["nearest"]: sign * (row["value"] or 0.0) for row in measured}
    order = sorted(
        range(len(centroids)), key=lambda i: (-worth.get(i, float("-inf")), centroids[i])
    )
    segments = tuple(
        Segment(number, f"Segment {number}", centroids[place])
        for number, place in enumerate(order, start=1)
    )
    return segments, sum(row["squares"] for row in measured)


def _row(candidate: Candidate, chosen: int) -> dict[str, Any]:
    return {
        "k": candidate.k,
        "inertia": candidate.inertia,
        "silhouette": candidate.silhouette,
        "selected": candidate.k == chosen,
    }

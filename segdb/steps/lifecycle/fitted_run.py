"""Fitted run: segments on their way from the fit to their tables, and their row of ``runs``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from segdb.checks.warning import DataWarning, to_json
from segdb.config.settings import Settings
from segdb.model import Model
from segdb.steps.features.build_features import BuiltFeatures
from segdb.steps.lifecycle.load_run import inferred_of
from segdb.steps.preprocess.learn import Learned
from segdb.steps.publish.tables import versions
from segdb.steps.segment.fit import Fitted
from segdb.steps.segment.scaled_customers import ScaledCustomers
from segdb.steps.value.foresight import Foresight


@dataclass(frozen=True)
class FittedRun:
    """Segments that were learned or are a stored model's, before they are explained and published.

    Attributes:
        started: when the run began, UTC.
        built: the customers.
        learned: what is known of their features.
        scaled: they in scaled units, with the model; its segments may have no names yet.
        fitted: the figures of the segments, in their order.
        names: what each segment is called already; None for a new one.
        follows: the run that was published when this one looked; None for the first.
        learned_by: the run that learned the model; None for this one.
        playbook: what names them, as TOML text; None for segdb's own.
        foresight: what it says of the future.
        rules: a predicate that finds each of them, None for none; None where they are to be found.
    """

    started: datetime
    built: BuiltFeatures
    learned: Learned
    scaled: ScaledCustomers
    fitted: Fitted
    names: tuple[str | None, ...]
    follows: int | None
    foresight: Foresight
    learned_by: int | None = None
    playbook: str | None = None
    rules: tuple[str | None, ...] | None = None


@dataclass(frozen=True)
class Outcome:
    """What a run did.

    Attributes:
        run: its row of ``runs``.
        model: what was learned.
        segments: the rows of ``segment_profiles``.
        reasons: rejected rows by (source, reason).
        drift: rows of ``run_drift``: how far the customers moved.
        warnings: what of the data may make the result wrong, the most important ones.
    """

    run: Mapping[str, Any]
    model: Model
    segments: list[dict[str, Any]]
    reasons: Mapping[tuple[str, str], int]
    drift: list[dict[str, Any]]
    warnings: list[DataWarning]


def run_row(
    run_id: int,
    settings: Settings,
    fitted_run: FittedRun,
    model: Model,
    warnings: Sequence[DataWarning],
) -> dict[str, Any]:
    """Return the row of ``runs`` of segments that are about to be published."""
    built, fitted = fitted_run.built, fitted_run.fitted
    inferred = inferred_of(built.sources, fitted_run.playbook)
    stored = {**settings.model_dump(mode="json", by_alias=True), "inferred": inferred}
    return {
        "run_id": run_id,
        "started_at": fitted_run.started,
        "finished_at": now(),
        "as_of": built.as_of,
        "rows_read": built.accounts.rows_read,
        "rows_kept": built.accounts.rows_kept,
        "rows_rejected": built.accounts.rows_rejected,
        "customers": built.customers,
        "k": len(model.segments),
        "inertia": fitted.inertia,
        "silhouette": fitted.silhouette,
        "matrix_rows": fitted.matrix_rows,
        "matrix_inertia": fitted.matrix_inertia,
        "unrefined_inertia": fitted.unrefined_inertia,
        "refine_steps": fitted.refine_steps,
        "verdict": fitted.verdict,
        "clear": fitted.clear,
        "warnings": to_json(warnings),
        "learned_by": run_id if fitted_run.learned_by is None else fitted_run.learned_by,
        "settings": json.dumps(stored, ensure_ascii=False),
        "model": model.to_json(),
        "versions": versions(),
    }


def now() -> datetime:
    """Return the time, in UTC and without its zone."""
    return datetime.now(UTC).replace(tzinfo=None)

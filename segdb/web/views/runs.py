"""Runs: what was published when, how far the customers moved, and what differs between two."""

from __future__ import annotations

from flask import Blueprint, request

from segdb.errors import UserError
from segdb.report.verdict import quality
from segdb.steps.lifecycle.diff_runs import Difference
from segdb.web.context import run
from segdb.web.page import page
from segdb.web.run_view import RunView

pages = Blueprint("runs", __name__)
_CHARTS = ("sizes_over_time", "migrations", "runs_over_time", "quality_by_segment", "margins")


@pages.get("/runs")
def runs() -> str:
    """Show every run, and on request what moved between two."""
    view = run()
    rows = view.result.runs().to_pylist()
    ids = [row["run_id"] for row in rows]
    chosen = [request.args.get(name, "") for name in ("before", "after")]
    difference, problem = _difference(view, chosen)
    facts = view.facts
    return page(
        "runs.html",
        "Runs",
        figures=view.figures(_CHARTS),
        rows=rows,
        ids=ids,
        before=chosen[0] or str(ids[-2] if len(ids) > 1 else ids[-1]),
        after=chosen[1] or str(ids[-1]),
        difference=difference,
        problem=problem,
        drift=view.rows(
            "SELECT feature, psi, previous_run_id FROM segdb.run_drift WHERE run_id = $run "
            "ORDER BY psi DESC",
            {"run": view.run_id},
        ),
        labels={feature.name: feature.label for feature in view.features},
        quality=quality(facts.run, [s.row for s in facts.segments], facts.tried),
    )


def _difference(view: RunView, chosen: list[str]) -> tuple[Difference | None, str]:
    if not all(chosen):
        return None, ""
    if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in chosen):
        return None, "A run is named by its number."
    try:
        return view.snapshot.diff(int(chosen[0]), int(chosen[1])), ""
    except UserError as error:
        return None, str(error)

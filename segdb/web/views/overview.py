"""Overview: the report's summary of the last run."""

from __future__ import annotations

from flask import Blueprint

from segdb.formats.phrases import phrases_of
from segdb.report.verdict import quality
from segdb.web.context import run
from segdb.web.page import page

pages = Blueprint("overview", __name__)
_CHARTS = ("customers_and_revenue", "outcomes", "expected_revenue", "revenue_concentration")


@pages.get("/")
def overview() -> str:
    """Show how many customers there are, which segments, and what to do."""
    view = run()
    facts = view.facts
    return page(
        "overview.html",
        view.settings.report.title,
        figures=view.figures(_CHARTS),
        facts=facts,
        segments=facts.segments,
        quality=quality(facts.run, [s.row for s in facts.segments], facts.tried),
        verdict=phrases_of(facts.run["verdict"] or ""),
    )

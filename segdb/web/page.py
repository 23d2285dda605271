"""Page: what every page has beside its own content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from segdb.report.figures import Figure
from segdb.report.page import charts_json
from segdb.web.context import run

# Endpoint, and what it is called.
MENU = (
    ("overview.overview", "Overview"),
    ("segments.segments", "Segments"),
    ("customer.find_customers", "Customers"),
    ("list_builder.builder", "List builder"),
    ("what_if.what_if", "What if"),
    ("ask.ask", "Ask"),
    ("runs.runs", "Runs"),
)


def page(template: str, title: str, *, figures: Sequence[Figure] = (), **values: Any) -> str:
    """Return a page of the run that the request reads.

    Args:
        template: its file.
        title: its heading.
        figures: the charts on it.
        values: what its template names.
    """
    view = run()
    # Escaped for a script element by charts_json; no name of the data is markup in it.
    charts = Markup(charts_json(figures, view.settings.report.currency))  # noqa: S704
    return render_template(
        template,
        title=title,
        menu=[(url_for(endpoint), endpoint, words) for endpoint, words in MENU],
        run=view.facts.run,
        schema=view.schema,
        charts=charts,
        drawn=figures,
        places=view.look.places,
        **values,
    )

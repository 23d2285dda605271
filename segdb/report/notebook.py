"""Notebook: the segments as a small table, and the charts of the report one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import escape

from segdb.config.settings import Settings
from segdb.report import facts, formatting
from segdb.report.figures import Figure, figures
from segdb.report.published import Ask, Published


def segments_html(run_id: int, segments: Sequence[Mapping[str, Any]], currency: str) -> str:
    """Return segments, size, revenue and action as an HTML table without scripts."""
    forms = formatting.Forms(currency, None)
    with_money = any(row["revenue"] is not None for row in segments)
    heads = ["Segment", "Customers", "Of all", *(["Revenue"] if with_money else []), "Action"]
    lines = []
    for row in segments:
        cells = [row["segment"], f"{row['customers']:,}", f"{row['customer_share']:.1%}"]
        if with_money:
            cells.append("" if row["revenue"] is None else forms.money(row["revenue"]))
        cells.append(row["action"] or "")
        lines.append("".join(f"<td>{escape(cell)}</td>" for cell in cells))
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    caption = f"<caption>Segments of run {run_id}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def drawn_figures(ask: Ask, settings: Settings) -> Mapping[str, Figure]:
    """Return the charts that have something to show, by name, in the order of the report.

    Raises:
        UserError: nothing was published.
    """
    published = Published(ask, settings.publish.schema_)
    run = facts.last_run(published)[0]
    look = facts.look(published, settings.report.currency)
    drawn = figures(published, look, formatting.Forms(settings.report.currency, run["as_of"]))
    return {figure.chart.name: figure for figure in drawn}

"""The figures of a report: each chart with its rows, as a spec and as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from segdb.charts import CHARTS
from segdb.charts.chart import Chart, Query, Rows
from segdb.charts.labels import Look
from segdb.report.formatting import Forms
from segdb.report.published import Published

# Pixels that a figure has when two stand beside each other.
_HALF = 440


@dataclass(frozen=True)
class Numbers:
    """The rows of one query, as the page shows them under the chart.

    Attributes:
        sql: as it runs on this database.
        titles: of the columns.
        numeric: whether each column is of numbers.
        cells: the first rows, as text.
        rows: how many there are in all.
    """

    sql: str
    titles: tuple[str, ...]
    numeric: tuple[bool, ...]
    cells: tuple[tuple[str, ...], ...]
    rows: int


@dataclass(frozen=True)
class Figure:
    """A chart that has rows.

    Attributes:
        wide: whether it takes the whole width of the page.
    """

    chart: Chart
    spec: Mapping[str, Any]
    numbers: tuple[Numbers, ...]
    wide: bool


def figures(
    published: Published, look: Look, forms: Forms, charts: Sequence[Chart] | None = None
) -> tuple[Figure, ...]:
    """Return a figure of every chart that has something to show.

    Args:
        published: the tables.
        look: colours and labels.
        forms: how numbers are written.
        charts: left out, all of the registry.
    """
    shown_figures = []
    for chart in CHARTS.values() if charts is None else charts:
        rows = {query.name: published.of(query) for query in chart.queries}
        if not chart.shown(rows):
            continue
        numbers = tuple(
            _numbers(query, rows[query.name], published, look, forms)
            for query in chart.queries
            if rows[query.name]
        )
        spec = rounded(chart.spec(rows, look))
        wanted = spec.get("usermeta", {}).get("least", (0,))[0]
        wide = chart.wide or chart.panel > 0 or wanted > _HALF
        shown_figures.append(Figure(chart, spec, numbers, wide))
    return _paired(shown_figures)


def _paired(shown_figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Widen a narrow figure that has no narrow neighbour left to stand beside."""
    laid: list[Figure] = []
    open_place = False
    for place, figure in enumerate(shown_figures):
        following = shown_figures[place + 1] if place + 1 < len(shown_figures) else None
        alone = (
            following is None or following.wide or following.chart.section != figure.chart.section
        )
        widened = not figure.wide and not open_place and alone
        open_place = not figure.wide and not open_place and not widened
        laid.append(replace(figure, wide=figure.wide or widened))
    return tuple(laid)


def _numbers(query: Query, rows: Rows, published: Published, look: Look, forms: Forms) -> Numbers:
    cells = tuple(
        tuple(
            look.label(row[field.name])
            if field.form == "feature"
            else forms.value(row[field.name], field.form)
            for field in query.fields
        )
        for row in rows[: query.shown]
    )
    return Numbers(
        sql=published.sql(query.sql),
        titles=tuple(field.title for field in query.fields),
        numeric=tuple(field.form not in {"text", "feature", "yes"} for field in query.fields),
        cells=cells,
        rows=len(rows),
    )


def rounded(value: Any) -> Any:
    """Return a spec whose fractions have six significant digits: what a screen can show."""
    if isinstance(value, Mapping):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value

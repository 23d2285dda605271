"""The runs beside each other."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import data, in_order, panels
from segdb.charts.labels import Look
from segdb.charts.theme import ACCENT

RUNS = Query(
    "runs",
    """
WITH recent AS (
    SELECT * FROM segdb.runs
    WHERE (SELECT count(*) FROM segdb.runs) > 1
    ORDER BY run_id DESC
    LIMIT 24
),
long AS (
    SELECT 1 AS place, 'Customers' AS measure, run_id, as_of, customers AS value FROM recent
    UNION ALL
    SELECT 2, 'Segments', run_id, as_of, k FROM recent
    UNION ALL
    SELECT 3, 'Silhouette', run_id, as_of, silhouette FROM recent
)
SELECT place, measure, run_id, as_of::DATE::VARCHAR AS as_of, value
FROM long
WHERE value IS NOT NULL
ORDER BY place, run_id
""",
    (
        Field("place", "Order", "count"),
        Field("measure", "Measure"),
        Field("run_id", "Run", "count"),
        Field("as_of", "As of"),
        Field("value", "Value", "number"),
    ),
    shown=80,
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001
    """Draw a panel a measure."""
    base = alt.Chart().encode(
        x=alt.X("run_id:O", title="Run", axis=alt.Axis(labelAngle=0, grid=False)),
        y=alt.Y(
            "value:Q",
            title=None,
            scale=alt.Scale(zero=False, nice=False, padding=10),
            # Runs, customers and segments are whole: between them there is nothing to read.
            axis=alt.Axis(
                tickCount=4,
                format=",.4~r",
                labelExpr="datum.value > 1 && datum.value % 1 ? '' : datum.label",
                gridOpacity=alt.condition(
                    "datum.value > 1 && datum.value % 1", alt.value(0), alt.value(1)
                ),
            ),
        ),
    )
    line = base.mark_line(color=ACCENT, strokeWidth=2, aria=False)
    points = base.mark_circle(color=ACCENT, size=60, opacity=1).encode(tooltip=RUNS.tooltip[1:])
    return (
        alt.layer(line, points)
        .properties(width=220, height=130)
        .facet(
            data=data("runs"),
            facet=alt.Facet("measure:N", sort=in_order("place"), title=None),
        )
        .properties(**panels(3, below=70))
        .resolve_scale(y="independent")
    )


CHART = Chart(
    name="runs_over_time",
    title="Run by run",
    caption="What each of the last runs found.",
    description="Customers, number of segments and silhouette of each run.",
    section="history",
    queries=(RUNS,),
    draw=draw,
    panel=290,
)

"""Inertia by number of segments."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import data, si
from segdb.charts.labels import Look
from segdb.charts.theme import ACCENT, SOFT, SURFACE

TRIED = Query(
    "tried",
    """
SELECT k, inertia, selected
FROM segdb.k_selection
WHERE inertia IS NOT NULL AND (SELECT count(*) FROM segdb.k_selection) > 1
ORDER BY k
""",
    (
        Field("k", "Segments", "count"),
        Field("inertia", "Inertia", "number"),
        Field("selected", "Taken", "yes"),
    ),
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001
    """Draw the curve, with the number that was taken filled."""
    base = alt.Chart(data("tried")).encode(
        x=alt.X("k:O", title="Number of segments", axis=alt.Axis(labelAngle=0, grid=False)),
        y=alt.Y("inertia:Q", title="Inertia", axis=si(tickCount=5)),
    )
    line = base.mark_line(color=SOFT, strokeWidth=2)
    points = base.mark_circle(size=70, opacity=1, fill=SURFACE, stroke=SOFT, strokeWidth=2).encode(
        tooltip=TRIED.tooltip
    )
    selected = (
        base.transform_filter("datum.selected")
        .mark_circle(size=190, opacity=1, color=ACCENT)
        .encode(tooltip=TRIED.tooltip)
    )
    return alt.layer(line, points, selected).properties(width="container", height=240)


CHART = Chart(
    name="elbow",
    title="The elbow",
    caption="What is left unexplained with more and more segments. Past the bend, one more "
    "segment tells little; the full dot is the number that was taken.",
    description="Inertia, the sum of squared distances to the centroids, by number of segments.",
    section="choice",
    queries=(TRIED,),
    draw=draw,
)

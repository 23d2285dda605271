"""Whether what was expected came: by tenths of the customers."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import data
from segdb.charts.labels import Look
from segdb.charts.theme import ACCENT, SOFT

CALIBRATION = Query(
    "calibration",
    """
SELECT tenth, customers, expected, actual
FROM segdb.backtest_calibration
WHERE
    measure = 'probability_of_order'
    AND customers >= 5
    AND cut = (SELECT max(cut) FROM segdb.backtest_calibration)
ORDER BY tenth
""",
    (
        Field("tenth", "Tenth", "count"),
        Field("customers", "Customers", "customers"),
        Field("expected", "Expected to order", "share"),
        Field("actual", "Ordered", "share"),
    ),
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001 - every chart is asked so
    """Draw a point a tenth, on a line of what would be exactly right."""
    scale = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(format=".0%", tickCount=6)
    right = (
        alt.Chart(alt.InlineData(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}]))
        .mark_line(color=SOFT, strokeDash=[4, 4], aria=False)
        .encode(x=alt.X("x:Q"), y=alt.Y("y:Q"))
    )
    base = alt.Chart(data("calibration")).encode(
        x=alt.X("expected:Q", title="Expected to order", scale=scale, axis=axis),
        y=alt.Y("actual:Q", title="Ordered", scale=scale, axis=axis),
    )
    line = base.mark_line(color=ACCENT, strokeWidth=2, aria=False)
    points = base.mark_circle(color=ACCENT, size=90, opacity=1).encode(tooltip=CALIBRATION.tooltip)
    return alt.layer(right, line, points).properties(width="container", height=300)


CHART = Chart(
    name="calibration",
    title="Did the forecast hold",
    caption="Customers of the earlier day in ten groups by how likely the value model called an "
    "order, and the share of each group that ordered. On the dashed line the forecast is exactly "
    "right; above it more came than was expected.",
    description="Share of customers who ordered by their expected probability, in tenths.",
    section="next",
    queries=(CALIBRATION,),
    draw=draw,
    square=True,
)

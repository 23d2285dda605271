"""How much of the revenue the best customers bring: the Lorenz curve, best first."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import data
from segdb.charts.labels import Look
from segdb.charts.theme import ACCENT, SOFT

CURVE = Query(
    "curve",
    """
WITH ranked AS (
    SELECT monetary, ntile(20) OVER (ORDER BY monetary DESC) AS twentieth
    FROM segdb.customer_segments
    WHERE monetary IS NOT NULL
)
SELECT
    twentieth / 20 AS customer_share,
    count(*) AS customers,
    sum(monetary) AS revenue,
    sum(sum(monetary)) OVER (ORDER BY twentieth) / sum(sum(monetary)) OVER () AS revenue_share
FROM ranked
GROUP BY twentieth
HAVING count(*) >= 5
ORDER BY twentieth
""",
    (
        Field("customer_share", "Best customers", "share"),
        Field("customers", "Customers of this twentieth", "customers"),
        Field("revenue", "Revenue of this twentieth", "money"),
        Field("revenue_share", "Share of revenue up to here", "share"),
    ),
    needs=("monetary",),
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001
    """Draw the curve over the diagonal of equal customers."""
    percent = alt.Axis(format=".0%", tickCount=5)
    base = alt.Chart(data("curve")).encode(
        x=alt.X(
            "customer_share:Q",
            title="Best customers, by revenue",
            axis=percent,
            scale=alt.Scale(domain=[0, 1]),
        ),
        y=alt.Y("revenue_share:Q", title="Share of all revenue", axis=percent),
    )
    area = base.mark_area(color=ACCENT, opacity=0.12)
    line = base.mark_line(color=ACCENT, strokeWidth=2.5)
    points = base.mark_circle(color=ACCENT, size=46, opacity=1).encode(tooltip=CURVE.tooltip)
    equal = base.mark_line(color=SOFT, strokeDash=[4, 4], strokeWidth=1).encode(
        y=alt.Y("customer_share:Q")
    )
    return alt.layer(area, equal, line, points).properties(width="container", height=260)


CHART = Chart(
    name="revenue_concentration",
    title="How much the best customers bring",
    caption="Customers ordered by revenue, best first, in twentieths. The dashed line is where "
    "every customer would bring the same.",
    description="The share of all revenue that comes from the best 5, 10, up to 100 percent of "
    "customers.",
    section="distribution",
    queries=(CURVE,),
    draw=draw,
    wide=True,
)

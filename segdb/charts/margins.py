"""How clearly customers belong to their segments."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import data, of_chosen, si
from segdb.charts.labels import Look

BINS = Query(
    "bins",
    """
SELECT
    segment_id,
    segment,
    least(floor(margin * 10), 9) / 10 AS margin,
    count(*) AS customers
FROM segdb.segments
GROUP BY ALL
HAVING count(*) >= 5
ORDER BY segment_id, margin
""",
    (
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("margin", "Margin from", "decimal"),
        Field("customers", "Customers", "customers"),
    ),
    shown=100,
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw stacked columns, a tenth of the margin each."""
    return (
        alt.Chart(data("bins"))
        .mark_bar(stroke="var(--surface)", strokeWidth=1)
        .encode(
            x=alt.X(
                "margin:O",
                title="Margin, from",
                axis=alt.Axis(grid=False, format="~g", labelAngle=0),
            ),
            y=alt.Y("customers:Q", title="Customers", stack="zero", axis=si(tickCount=5)),
            color=look.colour(),
            opacity=of_chosen(),
            order=alt.Order("segment_id:Q"),
            tooltip=BINS.tooltip,
        )
        .properties(
            width="container",
            height=max(240, 34 * len({row["segment_id"] for row in rows["bins"]})),
        )
    )


CHART = Chart(
    name="margins",
    title="How clearly customers belong",
    caption="Customers by margin, the lead of the own segment's centre over the next: 0 "
    "on the border, 1 at the centre. Those near 0 could as well be in another segment.",
    description="Number of customers by margin, in tenths, and by segment.",
    section="quality",
    queries=(BINS,),
    draw=draw,
)

"""How evenly customers are spread over the segments."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import HALO, PADDING, data, names, of_chosen
from segdb.charts.labels import Look
from segdb.charts.theme import SOFT

SEGMENTS = Query(
    "segments",
    """
SELECT
    segment_id,
    segment,
    customers,
    customer_share,
    1 / (SELECT count(*) FROM segdb.segment_profiles) AS equal_share
FROM segdb.segment_profiles
WHERE customers >= 5
ORDER BY customers DESC, segment_id
""",
    (
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("customers", "Customers", "customers"),
        Field("customer_share", "Share of customers", "share"),
        Field("equal_share", "Share if all were equal", "share"),
    ),
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw a bar a segment, and a line where all would be equal."""
    height = 34 * len(rows["segments"])
    base = alt.Chart(data("segments"))
    bars = base.mark_bar(height={"band": 0.62}, cornerRadiusEnd=3).encode(
        x=alt.X(
            "customer_share:Q", title="Share of customers", axis=alt.Axis(format=".0%", tickCount=5)
        ),
        y=alt.Y("segment:N", sort=None, title=None, axis=names()),
        color=look.colour(),
        opacity=of_chosen(),
        tooltip=SEGMENTS.tooltip,
    )
    words = [
        base.mark_text(align="left", dx=6, **style).encode(
            x=alt.X("customer_share:Q"),
            y=alt.Y("segment:N", sort=None),
            text=alt.Text("customers:Q", format=","),
            opacity=of_chosen(),
        )
        for style in (HALO, {})
    ]
    equal = base.mark_rule(strokeDash=[4, 4], color=SOFT).encode(x=alt.X("min(equal_share):Q"))
    return alt.layer(equal, bars, *words).properties(
        width="container", padding=PADDING, height=height
    )


CHART = Chart(
    name="size_balance",
    title="How big they are",
    caption="Customers in each segment. The dashed line is the size if all segments were equal.",
    description="For each segment, the number of its customers and its share of all customers.",
    section="distribution",
    queries=(SEGMENTS,),
    draw=draw,
)

"""Where the money is: each segment's share of customers against its share of revenue."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import PADDING, data, names, of_chosen
from segdb.charts.labels import Look
from segdb.charts.theme import SOFT, SURFACE

SEGMENTS = Query(
    "segments",
    """
SELECT
    segment_id,
    segment,
    customers,
    customer_share,
    revenue,
    revenue_share,
    revenue / customers AS revenue_per_customer
FROM segdb.segment_profiles
WHERE customers >= 5 AND revenue IS NOT NULL
ORDER BY revenue DESC, segment_id
""",
    (
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("customers", "Customers", "customers"),
        Field("customer_share", "Share of customers", "share"),
        Field("revenue", "Revenue", "money"),
        Field("revenue_share", "Share of revenue", "share"),
        Field("revenue_per_customer", "Revenue a customer", "money"),
    ),
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw a ring at the share of customers, a dot at the share of revenue, and a line between."""
    height = 34 * len(rows["segments"])
    base = alt.Chart(data("segments")).encode(
        y=alt.Y("segment:N", sort=None, title=None, axis=names()), opacity=of_chosen()
    )
    share = alt.X(
        "customer_share:Q", title="Share of all", axis=alt.Axis(format=".0%", tickCount=5)
    )
    line = base.mark_rule(strokeWidth=3).encode(
        x=share, x2=alt.X2("revenue_share:Q"), color=look.colour()
    )
    ring = base.mark_point(size=130, strokeWidth=2, filled=False, fill=SURFACE).encode(
        x=share, stroke=look.colour(), tooltip=SEGMENTS.tooltip
    )
    dot = base.mark_circle(size=170, opacity=1).encode(
        x=alt.X("revenue_share:Q"), color=look.colour(), tooltip=SEGMENTS.tooltip
    )
    words = (
        base.transform_calculate(end="max(datum.customer_share, datum.revenue_share)")
        .mark_text(align="left", dx=14, color=SOFT)
        .encode(x=alt.X("end:Q"), text=alt.Text("revenue_share:Q", format=".0%"))
    )
    return alt.layer(line, ring, dot, words).properties(
        width="container", padding=PADDING, height=height
    )


CHART = Chart(
    name="customers_and_revenue",
    title="Share of customers, share of revenue",
    caption="Ring: share of customers. Dot and figure: share of revenue. A dot far to the right of "
    "its ring is a segment that brings more than its size.",
    description="For each segment, its share of all customers and its share of all revenue.",
    section="distribution",
    queries=(SEGMENTS,),
    draw=draw,
)

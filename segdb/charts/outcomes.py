"""What the customers of each segment did next: how many returned, with intervals."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import PADDING, data, names, of_chosen
from segdb.charts.labels import Look
from segdb.charts.theme import INK

OUTCOMES = Query(
    "outcomes",
    """
SELECT
    strftime(cut, '%Y-%m-%d') AS cut,
    horizon_days,
    segment_id,
    segment,
    customers,
    return_rate,
    return_rate_low,
    return_rate_high,
    expected_return_rate,
    revenue_per_customer
FROM segdb.segment_outcomes
WHERE customers >= 5 AND cut = (SELECT max(cut) FROM segdb.segment_outcomes)
ORDER BY return_rate DESC, segment_id
""",
    (
        Field("cut", "Segments as of"),
        Field("horizon_days", "Days after it", "count"),
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("customers", "Customers then", "customers"),
        Field("return_rate", "Returned", "share"),
        Field("return_rate_low", "95 % interval from", "share"),
        Field("return_rate_high", "to", "share"),
        Field("expected_return_rate", "Expected", "share"),
        Field("revenue_per_customer", "Revenue per customer", "money"),
    ),
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw a point a segment with its interval, and a stroke where it was expected."""
    gone = sorted({r["segment_id"] for r in rows["outcomes"]} - set(look.places))
    base = alt.Chart(data("outcomes")).encode(
        y=alt.Y("segment:N", sort=None, title=None, axis=names()), opacity=of_chosen()
    )
    across = alt.X(
        "return_rate:Q",
        title="Share of customers who ordered again",
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(format=".0%", tickCount=6),
    )
    colour = look.colour(gone=gone)
    interval = base.mark_rule(strokeWidth=3, aria=False).encode(
        x=alt.X("return_rate_low:Q"), x2=alt.X2("return_rate_high:Q"), color=colour
    )
    points = base.mark_circle(size=130).encode(x=across, color=colour, tooltip=OUTCOMES.tooltip)
    expected = base.mark_tick(color=INK, thickness=2, height=18, aria=False).encode(
        x=alt.X("expected_return_rate:Q")
    )
    words = base.mark_text(align="left", dx=8, aria=False).encode(
        x=alt.X("return_rate_high:Q"), text=alt.Text("return_rate:Q", format=".0%")
    )
    return alt.layer(interval, points, expected, words).properties(
        width="container", padding=PADDING, height=max(120, 44 * len(rows["outcomes"]))
    )


CHART = Chart(
    name="outcomes",
    title="Who ordered again",
    caption="The segments as they would have been made on an earlier day, of the orders before it "
    "alone, and the share of their customers who ordered in the days after it. The line is the "
    "95 % interval; the stroke is what the value model of that day expected.",
    description="Share of customers who returned after the cut, with its interval, by segment.",
    section="next",
    queries=(OUTCOMES,),
    draw=draw,
)

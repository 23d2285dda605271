"""What each segment is expected to bring, and what it would bring more were nobody to stop."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import PADDING, data, names, of_chosen, si
from segdb.charts.labels import Look

EXPECTED = Query(
    "expected",
    """
WITH profiles AS (
    SELECT * FROM segdb.segment_profiles
    UNION ALL BY NAME
    -- A run of an older release has no such columns.
    SELECT NULL::DOUBLE AS expected_revenue, NULL::DOUBLE AS revenue_at_risk WHERE false
)
SELECT
    segment_id,
    segment,
    customers,
    expected_revenue,
    expected_revenue / customers AS each,
    revenue_at_risk
FROM profiles
WHERE customers >= 5 AND expected_revenue IS NOT NULL
ORDER BY expected_revenue DESC, segment_id
""",
    (
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("customers", "Customers", "customers"),
        Field("expected_revenue", "Expected revenue", "money"),
        Field("each", "Per customer", "money"),
        Field("revenue_at_risk", "Lacking since they may have stopped", "money"),
    ),
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw a bar a segment."""
    base = alt.Chart(data("expected")).encode(
        x=alt.X("expected_revenue:Q", title="Expected revenue", axis=si(tickCount=5)),
        y=alt.Y("segment:N", sort=None, title=None, axis=names()),
        opacity=of_chosen(),
    )
    bars = base.mark_bar(height={"band": 0.5}, cornerRadiusEnd=3).encode(
        color=look.colour(), tooltip=EXPECTED.tooltip
    )
    words = base.mark_text(align="left", dx=6, aria=False).encode(
        text=alt.Text("expected_revenue:Q", format="$.3s")
    )
    return alt.layer(bars, words).properties(
        width="container", padding=PADDING, height=max(120, 40 * len(rows["expected"]))
    )


CHART = Chart(
    name="expected_revenue",
    title="Expected revenue",
    caption="What the customers of each segment are expected to bring within the horizon, by the "
    "value model of this run.",
    description="Expected revenue by segment.",
    section="next",
    queries=(EXPECTED,),
    draw=draw,
)

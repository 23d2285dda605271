"""The RFM segments against the segments of K-Means."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import CELL, columns, data, heads, names, of_chosen
from segdb.charts.labels import Look
from segdb.charts.theme import DEEP, STRONGEST

CELLS = Query(
    "cells",
    """
SELECT
    rfm_segment,
    segment_id,
    segment,
    rfm_by_segment.customers,
    rfm_by_segment.customers / segment_profiles.customers AS share
FROM segdb.rfm_by_segment
JOIN segdb.segment_profiles USING (segment_id, segment)
WHERE rfm_by_segment.customers >= 5 AND rfm_segment IS NOT NULL
ORDER BY segment_id, rfm_by_segment.customers DESC, rfm_segment
""",
    (
        Field("rfm_segment", "RFM segment"),
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("customers", "Customers", "customers"),
        Field("share", "Share of the segment", "share"),
    ),
    shown=120,
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001
    """Draw a cell an RFM segment and segment, as strong as its share of the segment."""
    kinds = len({row["rfm_segment"] for row in rows["cells"]})
    base = alt.Chart(data("cells")).encode(
        x=alt.X("segment:N", sort=None, title=None, axis=heads(rows["cells"], "segment")),
        y=alt.Y("rfm_segment:N", sort=None, title=None, axis=names()),
        opacity=of_chosen(faded=0.2),
    )
    cells = base.mark_rect(color=DEEP, **CELL).encode(
        fillOpacity=alt.FillOpacity(
            "share:Q", scale=alt.Scale(domain=[0, 1], range=[0.04, STRONGEST]), legend=None
        ),
        tooltip=CELLS.tooltip,
    )
    words = base.mark_text(fontSize=11, aria=False).encode(text=alt.Text("customers:Q", format=","))
    return alt.layer(cells, words).properties(width="container", height=28 * kinds)


CHART = Chart(
    name="rfm_grid",
    title="Against the RFM segments",
    caption="Customers of each segment by their RFM segment, of the classic grid or of your rules; "
    "the stronger, the larger a part of the segment. The two are other groups, also where a name "
    "is in both. Cells of fewer than 5 are left out.",
    description="Customers by RFM segment and by segment.",
    section="quality",
    queries=(CELLS,),
    draw=draw,
    cells=lambda rows: columns(rows["cells"], "segment"),
)

"""How compact the segments are, and how far from each other."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import data, names, of_chosen
from segdb.charts.labels import Look
from segdb.charts.theme import SURFACE

SEGMENTS = Query(
    "segments",
    """
SELECT segment_id, segment, cohesion, separation
FROM segdb.segment_profiles
WHERE customers >= 5 AND cohesion IS NOT NULL AND separation IS NOT NULL
ORDER BY segment_id
""",
    (
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("cohesion", "Mean distance to the own centre", "decimal"),
        Field("separation", "Distance to the next centre", "decimal"),
    ),
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw a ring at the mean distance within, a dot at the distance to the next centre."""
    base = alt.Chart(data("segments")).encode(
        y=alt.Y("segment:N", sort=None, title=None, axis=names()), opacity=of_chosen()
    )
    within = alt.X(
        "cohesion:Q",
        title="Distance, scaled units",
        scale=alt.Scale(zero=True),
        axis=alt.Axis(tickCount=5),
    )
    line = base.mark_rule(strokeWidth=3).encode(
        x=within, x2=alt.X2("separation:Q"), color=look.colour()
    )
    ring = base.mark_point(size=130, strokeWidth=2, filled=False, fill=SURFACE).encode(
        x=within, stroke=look.colour(), tooltip=SEGMENTS.tooltip
    )
    dot = base.mark_circle(size=170, opacity=1).encode(
        x=alt.X("separation:Q"), color=look.colour(), tooltip=SEGMENTS.tooltip
    )
    return alt.layer(line, ring, dot).properties(
        width="container", height=max(34 * len(rows["segments"]), 200)
    )


CHART = Chart(
    name="separation",
    title="How far apart they are",
    caption="Ring: mean distance of its customers from the segment's centre. Dot: distance to the "
    "next segment's centre. The farther the dot from the ring, the more distinct the segment.",
    description="For each segment, the mean distance of its customers to its centre and the "
    "distance of its centre to the nearest other centre.",
    section="quality",
    queries=(SEGMENTS,),
    draw=draw,
)

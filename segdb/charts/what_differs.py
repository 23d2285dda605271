"""What sets the segments apart: distance of each mean from all customers' mean."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import CELL, columns, data, heads, names, of_chosen
from segdb.charts.labels import Look
from segdb.charts.theme import COOL, STRONGEST, WARM

CELLS = Query(
    "cells",
    """
SELECT segment_id, segment, feature, segment_features.customers, segment_features.mean, z
FROM segdb.segment_features
JOIN segdb.segment_profiles USING (segment_id)
JOIN segdb.feature_statistics USING (feature)
WHERE segment_features.customers >= 5 AND z IS NOT NULL
QUALIFY dense_rank() OVER (ORDER BY importance DESC NULLS LAST, feature) <= 30
ORDER BY importance DESC NULLS LAST, feature, segment_id
""",
    (
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("feature", "Feature", "feature"),
        Field("customers", "Customers who have it", "customers"),
        Field("mean", "Mean", "number"),
        Field("z", "Standard deviations from the average", "decimal"),
    ),
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001
    """Draw a cell a segment and feature: its colour the side, its strength the distance."""
    features = len({row["feature"] for row in rows["cells"]})
    base = alt.Chart(data("cells")).encode(
        x=alt.X("segment:N", sort=None, title=None, axis=heads(rows["cells"], "segment")),
        y=alt.Y("feature:N", sort=None, title=None, axis=names()),
        opacity=of_chosen(faded=0.2),
    )
    cells = base.mark_rect(**CELL).encode(
        color=alt.ColorValue(WARM, condition={"test": "datum.z < 0", "value": COOL}),
        fillOpacity=alt.FillOpacity(
            "strength:Q",
            scale=alt.Scale(domain=[0, 2.5], range=[0.03, STRONGEST], clamp=True),
            legend=None,
        ),
        tooltip=CELLS.tooltip,
    )
    words = base.mark_text(fontSize=11, aria=False).encode(text=alt.Text("label:N"))
    return (
        alt.layer(cells, words)
        .transform_calculate(
            strength="abs(datum.z)", label="abs(datum.z) < 0.05 ? '0' : format(datum.z, '+.1f')"
        )
        .properties(width="container", height=max(30 * features, 60))
    )


CHART = Chart(
    name="what_differs",
    title="What sets them apart",
    caption="How far each segment's mean lies from the mean of all customers, in standard "
    "deviations: orange above, blue below. The features that matter most come first.",
    description="A table of features by segments, with the distance of each mean from that of "
    "all customers in standard deviations.",
    section="differences",
    queries=(CELLS,),
    draw=draw,
    cells=lambda rows: columns(rows["cells"], "segment"),
    wide=True,
)

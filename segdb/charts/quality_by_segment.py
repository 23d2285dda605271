"""How good each segment is, by three measures."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import data, in_order, names, of_chosen, panels
from segdb.charts.labels import Look
from segdb.charts.theme import INK

MEASURES = Query(
    "measures",
    """
WITH profiles AS (
    SELECT * FROM segdb.segment_profiles
    UNION ALL BY NAME
    -- A run of an older release has no such column.
    SELECT NULL::DOUBLE AS stability_error WHERE false
),
long AS (
    SELECT
        1 AS place,
        'Silhouette' AS measure,
        segment_id,
        segment,
        customers,
        silhouette AS value,
        NULL::DOUBLE AS error
    FROM profiles
    UNION ALL
    SELECT 2, 'Margin', segment_id, segment, customers, margin, NULL FROM profiles
    UNION ALL
    SELECT 3, 'Stability', segment_id, segment, customers, stability, stability_error FROM profiles
)
SELECT place, measure, segment_id, segment, value, error
FROM long
WHERE customers >= 5 AND value IS NOT NULL
ORDER BY place, segment_id
""",
    (
        Field("place", "Order", "count"),
        Field("measure", "Measure"),
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("value", "Value", "decimal"),
        Field("error", "Standard error", "decimal"),
    ),
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw a panel a measure, and in it a bar a segment."""
    segments = len({row["segment_id"] for row in rows["measures"]})
    base = alt.Chart().encode(
        x=alt.X(
            "value:Q",
            title=None,
            scale=alt.Scale(domain=[0, 1], nice=False),
            axis=alt.Axis(tickCount=5, format="~g"),
        ),
        y=alt.Y(
            "segment:N",
            sort=None,
            title=None,
            axis=names(17, labelLimit=112, labelFontSize=11),
        ),
        opacity=of_chosen(),
    )
    bars = base.mark_bar(height={"band": 0.5}, cornerRadiusEnd=3).encode(
        color=look.colour(), tooltip=MEASURES.tooltip[1:]
    )
    spread = base.transform_calculate(
        low="datum.value - 2 * datum.error",
        # Behind a bar without an error stands its value.
        high="isValid(datum.error) ? min(1, datum.value + 2 * datum.error) : datum.value",
    )
    errors = (
        spread.transform_filter("isValid(datum.error)")
        .mark_rule(color=INK, strokeWidth=1.5, aria=False)
        .encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"))
    )
    words = spread.mark_text(align="left", dx=5, fontSize=11, aria=False).encode(
        x=alt.X("high:Q"), text=alt.Text("value:Q", format=".2f")
    )
    return (
        alt.layer(bars, errors, words)
        .properties(width=190, height=28 * segments)
        .facet(
            data=data("measures"),
            facet=alt.Facet("measure:N", sort=in_order("place"), title=None),
        )
        .properties(**panels(3, between=36))
    )


CHART = Chart(
    name="quality_by_segment",
    title="How good each segment is",
    caption="Silhouette: how much nearer customers are to their own segment than to the next. "
    "Margin: how clearly they belong. Stability: how often the segment is found again in "
    "resampled data; the strokes are two standard errors to each side.",
    description="Mean silhouette, mean margin and stability of each segment.",
    section="quality",
    queries=(MEASURES,),
    draw=draw,
    panel=250,
    gutter=120,
)

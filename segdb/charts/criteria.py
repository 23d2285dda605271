"""Every other criterion by number of segments."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import data, in_order, panels
from segdb.charts.labels import Look
from segdb.charts.theme import ACCENT, SOFT, SURFACE

CRITERIA = Query(
    "criteria",
    """
WITH tried AS (
    SELECT * FROM segdb.k_selection
    UNION ALL BY NAME
    -- A run of an older release has no such column.
    SELECT NULL::DOUBLE AS stability_error WHERE false
),
long AS (
    SELECT
        1 AS place,
        'Silhouette' AS criterion,
        'higher' AS better,
        k,
        silhouette AS value,
        NULL::DOUBLE AS error,
        selected
    FROM tried
    UNION ALL
    SELECT 2, 'Simplified silhouette', 'higher', k, simplified_silhouette, NULL, selected FROM tried
    UNION ALL
    SELECT 3, 'Davies-Bouldin', 'lower', k, davies_bouldin, NULL, selected FROM tried
    UNION ALL
    SELECT 4, 'Calinski-Harabasz', 'higher', k, calinski_harabasz, NULL, selected FROM tried
    UNION ALL
    SELECT 5, 'Gap', 'higher', k, gap, gap_error, selected FROM tried
    UNION ALL
    SELECT 6, 'Stability', 'higher', k, stability, stability_error, selected FROM tried
)
SELECT place, criterion, better, k, value, error, selected
FROM long
WHERE value IS NOT NULL AND (SELECT count(*) FROM tried) > 1
ORDER BY place, k
""",
    (
        Field("place", "Order", "count"),
        Field("criterion", "Criterion"),
        Field("better", "Better"),
        Field("k", "Segments", "count"),
        Field("value", "Value", "number"),
        Field("error", "Standard error", "number"),
        Field("selected", "Taken", "yes"),
    ),
    shown=200,
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001
    """Draw a panel a criterion."""
    base = alt.Chart().encode(
        x=alt.X("k:O", title=None, axis=alt.Axis(labelAngle=0, grid=False)),
        y=alt.Y(
            "value:Q",
            title=None,
            scale=alt.Scale(zero=False, nice=False, padding=10),
            axis=alt.Axis(tickCount=4, format=",.4~r"),
        ),
    )
    line = base.mark_line(color=SOFT, strokeWidth=2, aria=False)
    # What the gaps vary by they mostly share, so that their errors would hide how they differ.
    errors = (
        # A stroke without length elsewhere: a panel without rows would have no scale.
        base.transform_calculate(
            error="datum.criterion == 'Stability' && isValid(datum.error) ? datum.error : 0"
        )
        .transform_calculate(
            low="datum.value - 2 * datum.error",
            high="datum.error ? min(1, datum.value + 2 * datum.error) : datum.value",
        )
        .mark_rule(color=SOFT, strokeWidth=1.5, aria=False)
        .encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q"))
    )
    points = base.mark_circle(size=46, opacity=1, fill=SURFACE, stroke=SOFT, strokeWidth=1.5)
    selected = base.transform_filter("datum.selected").mark_circle(
        size=130, opacity=1, color=ACCENT
    )
    return (
        alt.layer(
            line,
            errors,
            points.encode(tooltip=CRITERIA.tooltip[1:]),
            selected.encode(tooltip=CRITERIA.tooltip[1:]),
        )
        .transform_calculate(panel="datum.criterion + (datum.better == 'higher' ? ' ↑' : ' ↓')")
        .properties(width=220, height=130)
        .facet(
            data=data("criteria"),
            facet=alt.Facet("panel:N", sort=in_order("place"), title=None),
        )
        .properties(**panels(3))
        .resolve_scale(y="independent")
    )


CHART = Chart(
    name="criteria",
    title="What the other criteria say",
    caption="The full dot is the number that was taken; ↑ higher is better, ↓ lower is. "
    "The strokes are two standard errors to each side of the stability. Where the criteria agree, "
    "the number of segments lies in the data; where they do not, it is a choice.",
    description="Silhouette, simplified silhouette, Davies-Bouldin, Calinski-Harabasz, gap and "
    "stability by number of segments.",
    section="choice",
    queries=(CRITERIA,),
    draw=draw,
    panel=290,
)

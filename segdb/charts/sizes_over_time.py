"""The sizes of the segments, run by run."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import data, of_chosen, si
from segdb.charts.look import Look
from segdb.charts.theme import INK

SIZES = Query(
    "sizes",
    """
WITH moments AS (
    SELECT DISTINCT valid_from AS moment FROM segdb.segment_history
    UNION
    SELECT as_of FROM segdb.segment_migrations
)
SELECT
    moment::DATE::VARCHAR AS as_of,
    segment_id,
    arg_max(segment, valid_from) AS segment,
    count(*) AS customers
FROM moments
JOIN segdb.segment_history
    ON valid_from <= moment AND (valid_to IS NULL OR valid_to > moment)
WHERE (SELECT count(*) FROM moments) > 1
GROUP BY moment, segment_id
HAVING count(*) >= 5
ORDER BY moment, segment_id
""",
    (
        Field("as_of", "As of"),
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("customers", "Customers", "customers"),
    ),
    shown=120,
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001
    """Draw a line a segment."""
    base = alt.Chart(data("sizes")).encode(
        x=alt.X("as_of:T", title=None, axis=alt.Axis(grid=False, tickCount=6)),
        y=alt.Y("customers:Q", title="Customers", axis=si(tickCount=5)),
        color=look.colour(),
        opacity=of_chosen(),
        detail="segment_id:N",
    )
    line = base.mark_line(strokeWidth=2.5)
    points = base.mark_circle(size=60, opacity=1).encode(tooltip=SIZES.tooltip)
    last = (
        base.transform_window(
            place="rank()", sort=[alt.SortField("as_of", "descending")], groupby=["segment_id"]
        )
        .transform_filter("datum.place == 1")
        .mark_text(align="right", dx=-4, dy=-12, limit=160)
        .encode(text="segment:N", color=alt.value(INK))
    )
    return alt.layer(line, points, last).properties(width="container", height=300)


CHART = Chart(
    name="sizes_over_time",
    title="Sizes over time",
    caption="Customers in each segment at the day of each run. A segment keeps its number and "
    "colour from run to run.",
    description="Number of customers of each segment, by the date of the run.",
    section="history",
    queries=(SIZES,),
    draw=draw,
)

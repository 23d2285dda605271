"""The sizes of the segments, run by run."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import data, of_chosen, pixel, si
from segdb.charts.labels import Look
from segdb.charts.theme import SOFT

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


# Pixels of the plot's height, and between two names beside it.
_HEIGHT, _APART = 300, 17
_WIDE_NAME = 130


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw a line a segment, with its name at the end."""
    ended, names = _ends(rows["sizes"])
    colour = look.colour(gone=[row["segment_id"] for row in ended])
    base = alt.Chart(data("sizes")).encode(
        x=alt.X("as_of:T", title=None, axis=alt.Axis(grid=False, tickCount=6)),
        y=alt.Y(
            "customers:Q", title="Customers", scale=alt.Scale(domainMin=0), axis=si(tickCount=5)
        ),
        color=colour,
        opacity=of_chosen(),
        detail=alt.Detail("segment_id:N"),
    )
    line = base.mark_line(strokeWidth=2.5)
    points = base.mark_circle(size=60, opacity=1).encode(tooltip=SIZES.tooltip)
    side_labels = (
        alt.Chart(alt.InlineData(values=names))
        .mark_text(align="left", dx=10, fontWeight=600, limit=_WIDE_NAME)
        .encode(
            x=pixel(alt.XValue, alt.expr("width")),
            y=alt.Y("place:Q"),
            text=alt.Text("segment:N"),
            opacity=of_chosen(),
        )
    )
    last = (
        alt.Chart(alt.InlineData(values=ended))
        .mark_text(align="right", dy=-12, color=SOFT, limit=_WIDE_NAME)
        .encode(
            x=alt.X("as_of:T"),
            y=alt.Y("customers:Q"),
            text=alt.Text("segment:N"),
            opacity=of_chosen(),
        )
    )
    return alt.layer(line, points, side_labels, *([last] if ended else [])).properties(
        width="container",
        height=_HEIGHT,
        padding={"left": 2, "top": 8, "right": _WIDE_NAME, "bottom": 2},
    )


def _ends(sizes: Rows) -> tuple[Rows, Rows]:
    """Return the last rows of segments that are no more, and the places of the others' names.

    Two names keep apart, in units of the axis, where their lines end close to each other.
    """
    last = {row["segment_id"]: row for row in sizes}
    moment = max(row["as_of"] for row in sizes)
    ended = [row for row in last.values() if row["as_of"] < moment]
    now = sorted(
        (row for row in last.values() if row["as_of"] == moment),
        key=lambda row: (row["customers"], row["segment_id"]),
    )
    apart = _APART * max(row["customers"] for row in sizes) / _HEIGHT
    places = [float(row["customers"]) for row in now]
    # Half of what two names lack moves the one up and half the other down, until none overlap.
    for _ in range(100):
        for i in range(len(places) - 1):
            lacking = apart - (places[i + 1] - places[i])
            if lacking > 0:
                places[i] -= lacking / 2
                places[i + 1] += lacking / 2
    low = min(0.0, places[0]) if places else 0.0
    return ended, [
        {"segment_id": row["segment_id"], "segment": row["segment"], "place": place - low}
        for row, place in zip(now, places, strict=True)
    ]


CHART = Chart(
    name="sizes_over_time",
    title="Sizes over time",
    caption="Customers in each segment at the day of each run. A segment keeps its number and "
    "colour from run to run; one that is no more is grey.",
    description="Number of customers of each segment, by the date of the run.",
    section="history",
    queries=(SIZES,),
    draw=draw,
    wide=True,
)

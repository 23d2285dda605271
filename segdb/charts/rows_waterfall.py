"""What was read, what was rejected and why, and what was kept."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import PADDING, data, names, si
from segdb.charts.labels import Look
from segdb.charts.theme import ACCENT, HIGH

STEPS = Query(
    "steps",
    """
WITH last AS (
    SELECT rows_read, rows_kept FROM segdb.runs ORDER BY run_id DESC LIMIT 1
),
reasons AS (
    SELECT source, reason, count(*) AS rows
    FROM segdb.rejected_rows
    GROUP BY source, reason
),
ranked AS (
    SELECT *, row_number() OVER (ORDER BY rows DESC, source, reason) AS place FROM reasons
),
told AS (
    SELECT
        least(place, 9) AS place,
        if(place < 9, source || ': ' || reason, 'other reasons') AS step,
        sum(rows)::BIGINT AS rows
    FROM ranked
    GROUP BY ALL
)
SELECT 0 AS place, 'read' AS step, rows_read AS rows, 0 AS "from", rows_read AS "to" FROM last
UNION ALL
SELECT
    place,
    step,
    rows,
    rows_read - sum(rows) OVER (ORDER BY place)::BIGINT,
    rows_read - sum(rows) OVER (ORDER BY place)::BIGINT + rows
FROM told, last
UNION ALL
SELECT 10, 'kept', rows_kept, 0, rows_kept FROM last
ORDER BY place
""",
    (
        Field("place", "Order", "count"),
        Field("step", "Step"),
        Field("rows", "Rows", "count"),
        Field("from", "From", "count"),
        Field("to", "To", "count"),
    ),
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001
    """Draw a waterfall from the rows read down to the rows kept."""
    base = alt.Chart(data("steps")).encode(
        y=alt.Y("step:N", sort=None, title=None, axis=names(28, labelLimit=200)),
    )
    rejected = "datum.place > 0 && datum.place < 10"
    bars = base.mark_bar(height={"band": 0.6}, cornerRadius=2).encode(
        x=alt.X("from:Q", title="Rows", axis=si(tickCount=6)),
        x2=alt.X2("to:Q"),
        color=alt.ColorValue(ACCENT, condition={"test": rejected, "value": HIGH}),
        tooltip=STEPS.tooltip[1:3],
    )
    words = base.mark_text(align="left", dx=6).encode(
        x=alt.X("to:Q"), text=alt.Text("rows:Q", format=",")
    )
    return alt.layer(bars, words).properties(
        width="container", padding=PADDING, height=30 * len(rows["steps"])
    )


CHART = Chart(
    name="rows_waterfall",
    title="What became of the rows",
    caption="Every row that was read is either kept or rejected for one reason; the rejected ones "
    "are in the table rejected_rows.",
    description="Rows read, rows rejected by reason, and rows kept.",
    section="data",
    queries=(STEPS,),
    draw=draw,
    wide=True,
)

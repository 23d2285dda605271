"""Who moved from which segment to which in the last run."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import CELL, columns, data, heads, in_order, names, of_chosen
from segdb.charts.labels import Look
from segdb.charts.theme import DEEP, STRONGEST

MOVES = Query(
    "moves",
    """
WITH names AS (
    SELECT segment_id, arg_max(segment, valid_from) AS segment
    FROM segdb.segment_history
    GROUP BY segment_id
)
SELECT
    to_segment_id AS segment_id,
    coalesce(from_segment_id, 1000000) AS from_place,
    coalesce(to_segment_id, 1000000) AS to_place,
    coalesce(old.segment, 'not a customer') AS from_segment,
    coalesce(new.segment, 'gone') AS to_segment,
    moves.customers,
    moves.customers / sum(moves.customers) OVER (PARTITION BY from_segment_id) AS share
FROM segdb.segment_migrations AS moves
LEFT JOIN names AS old ON old.segment_id = from_segment_id
LEFT JOIN names AS new ON new.segment_id = to_segment_id
WHERE run_id = (SELECT max(run_id) FROM segdb.runs)
    AND moves.customers >= 5
    AND run_id IN (
        SELECT run_id FROM segdb.segment_migrations WHERE from_segment_id IS NOT NULL
    )
ORDER BY from_place, to_place
""",
    (
        Field("segment_id", "Number"),
        Field("from_place", "Order from", "count"),
        Field("to_place", "Order to", "count"),
        Field("from_segment", "From"),
        Field("to_segment", "To"),
        Field("customers", "Customers", "customers"),
        Field("share", "Share of those before", "share"),
    ),
    shown=120,
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001
    """Draw a cell a pair of segments."""
    height = 34 * len({row["from_segment"] for row in rows["moves"]})
    base = alt.Chart(data("moves")).encode(
        x=alt.X(
            "to_segment:N",
            sort=in_order("to_place"),
            title="After",
            axis=heads(rows["moves"], "to_segment"),
        ),
        y=alt.Y("from_segment:N", sort=in_order("from_place"), title="Before", axis=names()),
        opacity=of_chosen(faded=0.2),
    )
    cells = base.mark_rect(color=DEEP, **CELL).encode(
        fillOpacity=alt.FillOpacity(
            "share:Q", scale=alt.Scale(domain=[0, 1], range=[0.04, STRONGEST]), legend=None
        ),
        tooltip=MOVES.tooltip[2:],
    )
    words = base.mark_text(fontSize=11, aria=False).encode(text=alt.Text("customers:Q", format=","))
    return alt.layer(cells, words).properties(width="container", height=height)


CHART = Chart(
    name="migrations",
    title="Who moved",
    caption="Customers by their segment before the last run and after it; the stronger, the "
    "larger a part of those before. Moves of fewer than 5 customers are left out.",
    description="Customers by segment before and after the last run.",
    section="history",
    queries=(MOVES,),
    draw=draw,
    cells=lambda rows: columns(rows["moves"], "to_segment"),
)

"""Which features go together."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import CELL, columns, data, heads, names
from segdb.charts.labels import Look
from segdb.charts.theme import COOL, STRONGEST, WARM

PAIRS = Query(
    "pairs",
    """
WITH features AS (
    SELECT feature, row_number() OVER (ORDER BY importance DESC NULLS LAST, feature) AS place
    FROM segdb.feature_statistics
)
SELECT pairs.feature, pairs.other, pairs.r
FROM segdb.feature_correlations AS pairs
JOIN features AS one ON one.feature = pairs.feature
JOIN features AS two ON two.feature = pairs.other
WHERE pairs.r IS NOT NULL AND one.place > two.place AND one.place <= 20
ORDER BY one.place, two.place
""",
    (
        Field("feature", "Feature", "feature"),
        Field("other", "And", "feature"),
        Field("r", "Correlation", "decimal"),
    ),
    shown=200,
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001
    """Draw a cell a pair: its colour the sign, its strength the correlation."""
    features = len({row["feature"] for row in rows["pairs"]})
    base = alt.Chart(data("pairs")).encode(
        x=alt.X("other:N", sort=None, title=None, axis=heads(rows["pairs"], "other")),
        y=alt.Y("feature:N", sort=None, title=None, axis=names()),
    )
    cells = base.mark_rect(**CELL).encode(
        color=alt.ColorValue(WARM, condition={"test": "datum.r < 0", "value": COOL}),
        fillOpacity=alt.FillOpacity(
            "strength:Q", scale=alt.Scale(domain=[0, 1], range=[0.03, STRONGEST]), legend=None
        ),
        tooltip=PAIRS.tooltip,
    )
    words = base.mark_text(fontSize=10.5, aria=False).encode(text=alt.Text("r:Q", format=".2f"))
    return (
        alt.layer(cells, words)
        .transform_calculate(strength="abs(datum.r)")
        .properties(width="container", height=max(28 * features, 40))
    )


CHART = Chart(
    name="correlations",
    title="Which features go together",
    caption="Pearson's correlation of each pair of features after capping: orange where they rise "
    "together, blue where one falls as the other rises.",
    description="The correlation of each pair of features.",
    section="data",
    queries=(PAIRS,),
    draw=draw,
    cells=lambda rows: columns(rows["pairs"], "other"),
)

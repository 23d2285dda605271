"""Which features make the segments."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import PADDING, data, names
from segdb.charts.labels import Look
from segdb.charts.theme import ACCENT

FEATURES = Query(
    "features",
    """
SELECT feature, importance
FROM segdb.feature_statistics
WHERE importance IS NOT NULL
ORDER BY importance DESC, feature
LIMIT 30
""",
    (Field("feature", "Feature", "feature"), Field("importance", "Importance", "share")),
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001
    """Draw a bar a feature."""
    base = alt.Chart(data("features")).encode(
        x=alt.X(
            "importance:Q",
            title="Variance between segments",
            axis=alt.Axis(format=".0%", tickCount=5),
            scale=alt.Scale(domainMax=1),
        ),
        y=alt.Y("feature:N", sort=None, title=None, axis=names()),
    )
    bars = base.mark_bar(color=ACCENT, height={"band": 0.5}, cornerRadiusEnd=3).encode(
        tooltip=FEATURES.tooltip
    )
    words = base.mark_text(align="left", dx=6).encode(text=alt.Text("importance:Q", format=".0%"))
    return alt.layer(bars, words).properties(
        width="container", padding=PADDING, height=max(28 * len(rows["features"]), 56)
    )


CHART = Chart(
    name="importance",
    title="Which features make the segments",
    caption="The part of a feature's variance that lies between the segments (eta squared). Near "
    "100% the segments are made by it, near 0% they ignore it.",
    description="For each feature of the matrix, the share of its variance between segments.",
    section="differences",
    queries=(FEATURES,),
    draw=draw,
)

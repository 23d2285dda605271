"""Which features make the segments."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import feature_bars
from segdb.charts.labels import Look

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
    across = alt.X(
        "importance:Q",
        title="Variance between segments",
        axis=alt.Axis(format=".0%", tickCount=5),
        scale=alt.Scale(domainMax=1),
    )
    return feature_bars(
        rows["features"], FEATURES, across, alt.Text("importance:Q", format=".0%"), least=56
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

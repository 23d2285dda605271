"""How many customers lack each feature."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import feature_bars
from segdb.charts.labels import Look

FEATURES = Query(
    "features",
    """
SELECT feature, missing, missing / (customers + missing) AS share
FROM segdb.feature_statistics
WHERE missing >= 5
ORDER BY missing DESC, feature
LIMIT 30
""",
    (
        Field("feature", "Feature", "feature"),
        Field("missing", "Customers without it", "customers"),
        Field("share", "Share of customers", "share"),
    ),
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001
    """Draw a bar a feature."""
    across = alt.X(
        "share:Q",
        title="Share of customers",
        axis=alt.Axis(format=".0%", tickCount=5),
        scale=alt.Scale(domain=[0, 1]),
    )
    return feature_bars(
        rows["features"], FEATURES, across, alt.Text("missing:Q", format=","), least=40
    )


CHART = Chart(
    name="missing_values",
    title="What is missing",
    caption="Customers who lack a feature. It was filled as the settings say before the segments "
    "were made; the profiles above count only those who have it.",
    description="For each feature, the number of customers who lack it.",
    section="data",
    queries=(FEATURES,),
    draw=draw,
)

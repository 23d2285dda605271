"""The map of the customers on their principal components, two at a time."""

from __future__ import annotations

from collections.abc import Mapping

from segdb.charts.cells import FlatMaps, flat_map
from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.labels import Look
from segdb.charts.map_sql import flat

CELLS = Query(
    "cells",
    flat(
        """
WITH points AS (
    SELECT '1 and 2' AS axes, segment_id, pc1 AS x, pc2 AS y FROM segdb.customer_map
    UNION ALL
    SELECT '1 and 3', segment_id, pc1, pc3 FROM segdb.customer_map
    UNION ALL
    SELECT '2 and 3', segment_id, pc2, pc3 FROM segdb.customer_map
),
placed AS (SELECT *, x AS u, y AS v FROM points)""",
        order="axes",
    ),
    (
        Field("axes", "Components"),
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("x", "Across", "decimal"),
        Field("y", "Up", "decimal"),
        Field("customers", "Customers", "customers"),
    ),
    shown=40,
)
CENTRES = Query(
    "centres",
    """
SELECT segment_id, segment, pc1, pc2, pc3
FROM segdb.segment_map
JOIN segdb.segment_profiles USING (segment_id, segment)
WHERE customers >= 5
ORDER BY segment_id
""",
    (
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("pc1", "Component 1", "decimal"),
        Field("pc2", "Component 2", "decimal"),
        Field("pc3", "Component 3", "decimal"),
    ),
)
AXES = Query(
    "axes",
    """
SELECT component, explained_share, feature, loading
FROM segdb.principal_components
WHERE component <= 3
ORDER BY component, abs(loading) DESC, feature
""",
    (
        Field("component", "Component", "count"),
        Field("explained_share", "Share of the variance", "share"),
        Field("feature", "Feature", "feature"),
        Field("loading", "Loading", "decimal"),
    ),
)
_MAPS = FlatMaps(
    {"1 and 2": ("pc1", "pc2"), "1 and 3": ("pc1", "pc3"), "2 and 3": ("pc2", "pc3")},
    label="Components",
    scale="linear",
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw the cells as bubbles, the centres with their names, and what the axes mean."""
    words = {f"pc{component}": _words(component, rows["axes"]) for component in (1, 2, 3)}
    return flat_map(look, CELLS, rows, _MAPS, words.__getitem__)


def _words(component: int, axes: Rows) -> str:
    rows_of = [row for row in axes if row["component"] == component]
    if not rows_of:
        return f"Component {component}"
    weights = [f"{row['feature']} {row['loading']:+.2f}".replace("-", "−") for row in rows_of[:3]]
    first = f"Component {component} ({rows_of[0]['explained_share']:.0%} of the variance):"
    return "\n".join((first, *weights))


CHART = Chart(
    name="map_components",
    title="The map",
    caption="Customers on the axes that tell most about them; the features on the axes, with their "
    "loadings, say what lies behind them. A bubble is a group of at least 5 neighbours of one "
    "segment; the few who have no such neighbours are left out.",
    description="Customers grouped into cells on the principal components, coloured by segment, "
    "with the centre and name of each segment.",
    section="maps",
    queries=(CELLS, CENTRES, AXES),
    draw=draw,
    wide=True,
)

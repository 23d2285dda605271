"""The map of the customers on their principal components, two at a time."""

from __future__ import annotations

from collections.abc import Mapping

from segdb.charts.cells import FlatMaps, flat_map
from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.labels import Look

CELLS = Query(
    "cells",
    """
WITH points AS (
    SELECT '1 and 2' AS axes, segment_id, pc1 AS x, pc2 AS y FROM segdb.customer_map
    UNION ALL
    SELECT '1 and 3', segment_id, pc1, pc3 FROM segdb.customer_map
    UNION ALL
    SELECT '2 and 3', segment_id, pc2, pc3 FROM segdb.customer_map
),
box AS (  -- as many cells across as the customers can fill, from 5 to 28
    SELECT
        axes,
        min(x) AS left_x,
        max(x) - min(x) AS width,
        min(y) AS low_y,
        max(y) - min(y) AS height,
        least(28, greatest(5, sqrt(count(*) / 8)))::INTEGER - 0.001 AS cells,
        greatest(5, count(*) / 800) AS fewest
    FROM points
    GROUP BY axes
    HAVING max(x) > min(x) AND max(y) > min(y)
),
fine AS (
    SELECT
        axes,
        segment_id,
        floor(cells * (x - left_x) / width) AS i,
        floor(cells * (y - low_y) / height) AS j,
        any_value(fewest) AS fewest,
        count(*) AS customers,
        sum(x) AS sum_x,
        sum(y) AS sum_y
    FROM points
    JOIN box USING (axes)
    GROUP BY axes, segment_id, i, j
),
pooled AS (  -- cells of fewer than 5, or one in 800, become parts of cells four times as wide
    SELECT
        axes,
        segment_id,
        if(customers >= fewest, i, -1 - floor(i / 4)) AS i,
        if(customers >= fewest, j, -1 - floor(j / 4)) AS j,
        sum(customers)::BIGINT AS customers,
        sum(sum_x) / sum(customers) AS x,
        sum(sum_y) / sum(customers) AS y
    FROM fine
    GROUP BY ALL
)
SELECT axes, segment_id, segment, x, y, pooled.customers
FROM pooled
JOIN segdb.segment_profiles USING (segment_id)
WHERE pooled.customers >= 5
ORDER BY axes, pooled.customers DESC, segment_id, x, y
""",
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
_MAPS = {"1 and 2": (1, 2), "1 and 3": (1, 3), "2 and 3": (2, 3)}


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw the cells as bubbles, the centres with their names, and what the axes mean."""
    words = {component: _words(component, rows["axes"]) for component in (1, 2, 3)}
    maps = [name for name in _MAPS if any(row["axes"] == name for row in rows["cells"])]
    titles = [
        {"axes": name, "x_title": words[_MAPS[name][0]], "y_title": words[_MAPS[name][1]]}
        for name in maps
    ]
    centres = [
        {
            "axes": name,
            "segment_id": row["segment_id"],
            "segment": row["segment"],
            "x": row[f"pc{_MAPS[name][0]}"],
            "y": row[f"pc{_MAPS[name][1]}"],
        }
        for name in maps
        for row in rows["centres"]
    ]
    flat = FlatMaps(maps, titles, "Components", "linear")
    return flat_map(look, CELLS, rows["cells"], flat, centres)


def _words(component: int, axes: Rows) -> str:
    own = [row for row in axes if row["component"] == component]
    if not own:
        return f"Component {component}"
    weights = [f"{row['feature']} {row['loading']:+.2f}".replace("-", "−") for row in own[:3]]
    first = f"Component {component} ({own[0]['explained_share']:.0%} of the variance):"
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

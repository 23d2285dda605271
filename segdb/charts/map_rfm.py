"""The map of the customers on recency, frequency and monetary, two at a time."""

from __future__ import annotations

from collections.abc import Mapping

from segdb.charts.cells import FlatMaps, flat_map
from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.labels import Look

CELLS = Query(
    "cells",
    """
WITH bounds AS (
    SELECT
        any_value("upper") FILTER (feature = 'recency_days') AS r,
        any_value("upper") FILTER (feature = 'frequency') AS f,
        any_value("upper") FILTER (feature = 'monetary') AS m
    FROM segdb.feature_parameters
),
customers AS (  -- what lies beyond the upper bounds of capping is drawn on them
    SELECT
        segment_id,
        least(recency_days, r)::DOUBLE AS r,
        least(frequency, f)::DOUBLE AS f,
        least(monetary, m)::DOUBLE AS m
    FROM segdb.customer_segments, bounds
),
points AS (
    SELECT 'Recency and monetary' AS axes, segment_id, r AS x, m AS y FROM customers
    UNION ALL
    SELECT 'Recency and frequency', segment_id, r, f FROM customers
    UNION ALL
    SELECT 'Frequency and monetary', segment_id, f, m FROM customers
),
rooted AS (  -- square roots give the many small values their room
    SELECT *, sign(x) * sqrt(abs(x)) AS root_x, sign(y) * sqrt(abs(y)) AS root_y
    FROM points
    WHERE x IS NOT NULL AND y IS NOT NULL
),
box AS (  -- as many cells across as the customers can fill, from 5 to 28
    SELECT
        axes,
        min(root_x) AS left_x,
        max(root_x) - min(root_x) AS width,
        min(root_y) AS low_y,
        max(root_y) - min(root_y) AS height,
        least(28, greatest(5, sqrt(count(*) / 8)))::INTEGER - 0.001 AS cells,
        greatest(5, count(*) / 800) AS fewest
    FROM rooted
    GROUP BY axes
    HAVING max(x) > min(x) AND max(y) > min(y)
),
fine AS (
    SELECT
        axes,
        segment_id,
        floor(cells * (root_x - left_x) / width) AS i,
        floor(cells * (root_y - low_y) / height) AS j,
        any_value(fewest) AS fewest,
        count(*) AS customers,
        sum(x) AS sum_x,
        sum(y) AS sum_y
    FROM rooted
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
ORDER BY axes DESC, pooled.customers DESC, segment_id, x, y
""",
    (
        Field("axes", "Axes"),
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("x", "Across", "number"),
        Field("y", "Up", "number"),
        Field("customers", "Customers", "customers"),
    ),
    shown=40,
    needs=("recency_days", "frequency", "monetary"),
)
CENTRES = Query(
    "centres",
    """
SELECT
    segment_id,
    segment,
    any_value(median) FILTER (feature = 'recency_days') AS recency_days,
    any_value(median) FILTER (feature = 'frequency') AS frequency,
    any_value(median) FILTER (feature = 'monetary') AS monetary
FROM segdb.segment_features
JOIN segdb.segment_profiles USING (segment_id)
WHERE segment_features.customers >= 5
GROUP BY ALL
ORDER BY segment_id
""",
    (
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("recency_days", "Median recency, days", "number"),
        Field("frequency", "Median frequency", "number"),
        Field("monetary", "Median monetary", "money"),
    ),
)
_MAPS = {
    "Recency and monetary": ("recency_days", "monetary"),
    "Recency and frequency": ("recency_days", "frequency"),
    "Frequency and monetary": ("frequency", "monetary"),
}


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw the cells as bubbles, and the medians with the segments' names."""
    maps = [name for name in _MAPS if any(row["axes"] == name for row in rows["cells"])]
    titles = [
        {"axes": name, "x_title": look.label(_MAPS[name][0]), "y_title": look.label(_MAPS[name][1])}
        for name in maps
    ]
    centres = [
        {
            "axes": name,
            "segment_id": row["segment_id"],
            "segment": row["segment"],
            "x": row[_MAPS[name][0]],
            "y": row[_MAPS[name][1]],
        }
        for name in maps
        for row in rows["centres"]
    ]
    flat = FlatMaps(maps, titles, "Axes", "sqrt")
    return flat_map(look, CELLS, rows["cells"], flat, centres)


CHART = Chart(
    name="map_rfm",
    title="The map by recency, frequency and monetary",
    caption="The same customers in days, orders and money. The axes are drawn by square roots, so "
    "that the many small values have room; the names stand at the segments' medians. A bubble is "
    "a group of at least 5 neighbours of one segment.",
    description="Customers grouped into cells by recency, frequency and monetary, coloured by "
    "segment, with the median of each segment.",
    section="maps",
    queries=(CELLS, CENTRES),
    draw=draw,
    wide=True,
)

"""The map of the customers on recency, frequency and monetary, two at a time."""

from __future__ import annotations

from collections.abc import Mapping

from segdb.charts.cells import FlatMaps, flat_map
from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.labels import Look
from segdb.charts.map_sql import BOUNDS, flat

CELLS = Query(
    "cells",
    flat(
        """
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
placed AS (  -- square roots give the many small values their room
    SELECT *, sign(x) * sqrt(abs(x)) AS u, sign(y) * sqrt(abs(y)) AS v
    FROM points
    WHERE x IS NOT NULL AND y IS NOT NULL
)""",
        order="axes DESC",
        before=BOUNDS,
    ),
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
_MAPS = FlatMaps(
    {
        "Recency and monetary": ("recency_days", "monetary"),
        "Recency and frequency": ("recency_days", "frequency"),
        "Frequency and monetary": ("frequency", "monetary"),
    },
    label="Axes",
    scale="sqrt",
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw the cells as bubbles, and the medians with the segments' names."""
    return flat_map(look, CELLS, rows, _MAPS, look.label)


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

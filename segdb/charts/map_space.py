"""The map in three dimensions, to be turned by two sliders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from segdb.charts.cells import choice
from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.cube import frame, place, turned
from segdb.charts.drawing import HALO, data, of_chosen
from segdb.charts.labels import Look
from segdb.charts.map_components import AXES
from segdb.charts.theme import SOFT, SURFACE

# The rest of both queries, from ``points`` on. At most 700 cells, so that it turns.
_POOLED = """
box AS (  -- as many cells across as the customers can fill, from 4 to 12
    SELECT
        quantile_cont(x, 0.01) AS left_x, quantile_cont(x, 0.99) - left_x AS width,
        quantile_cont(y, 0.01) AS low_y, quantile_cont(y, 0.99) - low_y AS height,
        quantile_cont(z, 0.01) AS near_z, quantile_cont(z, 0.99) - near_z AS depth,
        least(12, greatest(4, cbrt(count(*) / 4)))::INTEGER - 0.001 AS cells,
        greatest(5, count(*) / 600) AS fewest
    FROM points
    HAVING width > 0 AND height > 0 AND depth > 0
),
placed AS (  -- every axis from 0 to 1; the outermost hundredths are drawn on the sides
    SELECT
        segment_id,
        cells,
        fewest,
        greatest(0, least(1, (x - left_x) / width)) AS x,
        greatest(0, least(1, (y - low_y) / height)) AS y,
        greatest(0, least(1, (z - near_z) / depth)) AS z
    FROM points, box
),
fine AS (
    SELECT
        segment_id,
        floor(cells * x) AS i,
        floor(cells * y) AS j,
        floor(cells * z) AS k,
        any_value(fewest) AS fewest,
        count(*) AS customers,
        sum(x) AS sum_x,
        sum(y) AS sum_y,
        sum(z) AS sum_z
    FROM placed
    GROUP BY segment_id, i, j, k
),
pooled AS (  -- cells of fewer than 5, or one in 600, become parts of cells three times as wide
    SELECT
        segment_id,
        if(customers >= fewest, i, -1 - floor(i / 3)) AS i,
        if(customers >= fewest, j, -1 - floor(j / 3)) AS j,
        if(customers >= fewest, k, -1 - floor(k / 3)) AS k,
        sum(customers)::BIGINT AS customers,
        2 * sum(sum_x) / sum(customers) - 1 AS x,
        2 * sum(sum_y) / sum(customers) - 1 AS y,
        2 * sum(sum_z) / sum(customers) - 1 AS z
    FROM fine
    GROUP BY ALL
)
SELECT segment_id, segment, x, y, z, pooled.customers
FROM pooled
JOIN segdb.segment_profiles USING (segment_id)
WHERE pooled.customers >= 5
ORDER BY pooled.customers DESC, segment_id, x, y, z
LIMIT 700
"""
_FIELDS = (
    Field("segment_id", "Number"),
    Field("segment", "Segment"),
    Field("x", "Axis 1, from -1 to 1", "decimal"),
    Field("y", "Axis 2, from -1 to 1", "decimal"),
    Field("z", "Axis 3, from -1 to 1", "decimal"),
    Field("customers", "Customers", "customers"),
)
COMPONENTS = Query(
    "components",
    """
WITH points AS (
    SELECT segment_id, pc1 AS x, pc2 AS y, pc3 AS z FROM segdb.customer_map
),"""  # noqa: S608 - both parts stand in this file
    + _POOLED,
    _FIELDS,
    shown=30,
)
RFM = Query(
    "rfm",
    """
WITH bounds AS (
    SELECT
        any_value("upper") FILTER (feature = 'recency_days') AS r,
        any_value("upper") FILTER (feature = 'frequency') AS f,
        any_value("upper") FILTER (feature = 'monetary') AS m
    FROM segdb.feature_parameters
),
points AS (  -- capped above, and by square roots, which give small values their room
    SELECT
        segment_id,
        sqrt(greatest(least(recency_days, r), 0)) AS x,
        sqrt(greatest(least(frequency, f), 0)) AS y,
        sqrt(greatest(least(monetary, m), 0)) AS z
    FROM segdb.customer_segments, bounds
    WHERE recency_days IS NOT NULL AND frequency IS NOT NULL AND monetary IS NOT NULL
),"""
    + _POOLED,
    _FIELDS,
    shown=30,
    needs=("recency_days", "frequency", "monetary"),
)
_KINDS = {"Components": COMPONENTS, "Recency, frequency, monetary": RFM}


_RFM_AXES = ("Recency", "Frequency", "Monetary")


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw bubbles in a cube; turning is a calculation of Vega's on fixed columns."""
    shown = [name for name, query in _KINDS.items() if rows[query.name]]
    most = max(row["customers"] for name in shown for row in rows[_KINDS[name].name])
    axes = dict(zip(_KINDS, (_components(rows[AXES.name]), _RFM_AXES), strict=True))
    layers: list[Any] = [frame()]
    for name in shown:
        own = rows[_KINDS[name].name]
        layers += [_bubbles(_KINDS[name], name, look, most), _names(name, axes[name])]
        layers += _segments(name, _middles(own))
    turn = alt.param("turn", value=35, bind=alt.binding_range(min=0, max=360, step=1, name="Turn "))
    tilt = alt.param(
        "tilt", value=20, bind=alt.binding_range(min=-90, max=90, step=1, name="Tilt ")
    )
    return (
        alt.layer(*layers)
        .add_params(choice("shown", shown, "Axes"), turn, tilt)
        .properties(width="container", height=480)
    )


def _components(axes: Rows) -> tuple[str, ...]:
    """Return what stands at each axis: the feature that it tells most of."""
    leading = {row["component"]: row["feature"] for row in reversed(axes)}
    return tuple(f"{i}: {leading[i]}" if i in leading else f"Component {i}" for i in (1, 2, 3))


def _middles(cells: Rows) -> Rows:
    """Return the middle of each segment's customers, with its name."""
    points_drawn: Rows = []
    for segment_id, segment in dict.fromkeys((r["segment_id"], r["segment"]) for r in cells):
        own = [row for row in cells if row["segment_id"] == segment_id]
        weight = sum(row["customers"] for row in own)
        middle = {a: sum(row[a] * row["customers"] for row in own) / weight for a in "xyz"}
        points_drawn.append({"segment_id": segment_id, "segment": segment, **middle})
    return points_drawn


def _bubbles(query: Query, name: str, look: Look, most: int) -> Drawn:
    sizes = alt.Scale(domain=[0, most], range=[0, 500])
    chart = alt.Chart(data(query.name)).transform_filter(f"shown == '{name}'")
    return (
        turned(chart)
        .mark_circle(aria=False, stroke=SURFACE, strokeWidth=0.5)
        .encode(
            x=place("across"),
            y=place("up"),
            size=alt.Size("customers:Q", legend=None, scale=sizes),
            color=look.colour(),
            opacity=of_chosen(0.75, 0.06),
            order=alt.Order("depth:Q", sort="descending"),
            tooltip=query.tooltip[:1] + query.tooltip[-1:],
        )
    )


def _segments(name: str, middles: Rows) -> list[Drawn]:
    # On a phone they would stand on each other.
    roomy = f"shown == '{name}' && width >= 420"
    chart = alt.Chart(alt.InlineData(values=middles)).transform_filter(roomy)
    style = {"fontSize": 12.5, "fontWeight": 600, "limit": 150}
    return [
        turned(chart)
        .mark_text(**style, **more)
        .encode(x=place("across"), y=place("up"), text="segment:N", opacity=of_chosen())
        for more in (HALO, {})
    ]


def _names(name: str, axes: Sequence[str]) -> Drawn:
    # At the middle of an edge each, on the outside.
    middles = ((0, -1.15, -1.15), (-1.2, 0, -1.2), (1.15, -1.15, 0))
    values = [
        {"words": words, "x": x, "y": y, "z": z}
        for words, (x, y, z) in zip(axes, middles, strict=True)
    ]
    chart = alt.Chart(alt.InlineData(values=values)).transform_filter(f"shown == '{name}'")
    return (
        turned(chart)
        .mark_text(color=SOFT, limit=180)
        .encode(x=place("across"), y=place("up"), text="words:N")
    )


CHART = Chart(
    name="map_space",
    title="The map in space",
    caption="Turn it with the sliders. A bubble is a group of at least 5 neighbours of one "
    "segment, the larger the more customers; a name stands in the middle of its segment.",
    description="Customers grouped into cells of three axes, coloured by segment, in a cube that "
    "two sliders turn.",
    section="maps",
    queries=(COMPONENTS, RFM, AXES),
    draw=draw,
    wide=True,
    carriers=2,
    square=True,
)

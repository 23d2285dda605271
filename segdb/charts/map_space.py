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
from segdb.charts.map_sql import BOUNDS, space
from segdb.charts.theme import SOFT, SURFACE

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
    space(
        """
WITH points AS (
    SELECT segment_id, pc1 AS x, pc2 AS y, pc3 AS z FROM segdb.customer_map
)"""
    ),
    _FIELDS,
    shown=30,
)
RFM = Query(
    "rfm",
    space(
        """
points AS (  -- capped above, and by square roots, which give small values their room
    SELECT
        segment_id,
        sqrt(greatest(least(recency_days, r), 0)) AS x,
        sqrt(greatest(least(frequency, f), 0)) AS y,
        sqrt(greatest(least(monetary, m), 0)) AS z
    FROM segdb.customer_segments, bounds
    WHERE recency_days IS NOT NULL AND frequency IS NOT NULL AND monetary IS NOT NULL
)""",
        before=BOUNDS,
    ),
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
        cells = rows[_KINDS[name].name]
        layers += [_bubbles(_KINDS[name], name, look, most), _names(name, axes[name])]
        layers += _segments(name, _middles(cells))
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
        cells_of = [row for row in cells if row["segment_id"] == segment_id]
        weight = sum(row["customers"] for row in cells_of)
        middle = {a: sum(row[a] * row["customers"] for row in cells_of) / weight for a in "xyz"}
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
        .encode(x=place("across"), y=place("up"), text=alt.Text("segment:N"), opacity=of_chosen())
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
        .encode(x=place("across"), y=place("up"), text=alt.Text("words:N"))
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

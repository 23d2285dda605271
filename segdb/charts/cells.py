"""What the maps share: bubbles of pooled cells, a choice of axes, and names at the centres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from segdb.charts.chart import Drawn, Query, Rows
from segdb.charts.drawing import data, of_chosen, si
from segdb.charts.look import Look
from segdb.charts.theme import INK, SOFT, SURFACE


def choice(name: str, options: Sequence[str], label: str) -> Any:
    """Return a parameter that the reader sets from a list; options are ours, never data."""
    bind = alt.binding_select(options=list(options), name=f"{label} ")
    return alt.param(name=name, value=options[0], bind=bind)


def flat_map(
    look: Look,
    cells: Query,
    maps: Sequence[str],
    label: str,
    titles: Rows,
    centres: Rows,
    scale: Any,
) -> Drawn:
    """Draw maps of two axes, of which the reader chooses one.

    Args:
        look: the colours.
        cells: the query of (axes, segment_id, segment, x, y, customers).
        maps: their names, ours.
        label: of the choice.
        titles: of each map its ``x_title`` and ``y_title``.
        centres: (axes, segment_id, segment, x, y).
        scale: linear or sqrt.
    """
    own = "datum.axes == shown"
    # Padding would stretch the root's steep start far below zero.
    spread = (
        alt.Scale(type="sqrt") if scale == "sqrt" else alt.Scale(zero=False, nice=True, padding=14)
    )
    across = alt.X("x:Q", title=None, scale=spread, axis=si(tickCount=6))
    up = alt.Y("y:Q", title=None, scale=spread, axis=si(tickCount=6, labelColor=SOFT))
    bubbles = (
        alt.Chart(data(cells.name))
        .transform_filter(own)
        .mark_circle(aria=False, stroke=SURFACE, strokeWidth=0.6)
        .encode(
            x=across,
            y=up,
            size=alt.Size(
                "customers:Q", legend=None, scale=alt.Scale(range=[18, 520], domainMin=0)
            ),
            color=look.colour(),
            opacity=of_chosen(0.72, 0.06),
            tooltip=cells.tooltip[1:],
        )
    )
    told = alt.Chart(alt.InlineData(values=titles)).transform_filter(own)
    limit = alt.ExprRef("width")
    below = told.mark_text(dy=36, align="center", color=SOFT, limit=limit).encode(
        x=alt.value(alt.expr("width / 2")), y=alt.value(alt.expr("height")), text="x_title:N"
    )
    above = told.mark_text(dy=-14, align="left", color=SOFT, limit=limit).encode(
        x=alt.value(0), y=alt.value(0), text="y_title:N"
    )
    centred = _centres(look, centres, own, across, up) if centres else ()
    return (
        alt.layer(bubbles, *centred, below, above)
        .add_params(choice("shown", maps, label))
        .properties(width="container", height=440)
    )


def _centres(look: Look, centres: Rows, own: str, across: Any, up: Any) -> tuple[alt.Chart, ...]:
    """Draw the centres and their names, each name on a halo of the background."""
    middle = alt.Chart(alt.InlineData(values=centres)).transform_filter(own)
    marks = middle.mark_point(size=90, filled=True, stroke=INK, strokeWidth=2, opacity=1).encode(
        x=across, y=up, color=look.colour(), opacity=of_chosen()
    )
    halo = middle.mark_text(
        dy=-15,
        fontSize=13,
        fontWeight=600,
        limit=170,
        stroke=SURFACE,
        strokeWidth=4,
        strokeJoin="round",
        aria=False,
    ).encode(x=across, y=up, text="segment:N", opacity=of_chosen())
    names = middle.mark_text(dy=-15, fontSize=13, fontWeight=600, limit=170).encode(
        x=across, y=up, text="segment:N", opacity=of_chosen()
    )
    return marks, halo, names

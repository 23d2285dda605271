"""What the maps share: bubbles of pooled cells, a choice of axes, and names at the centres."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import altair as alt

from segdb.charts.chart import Drawn, Query, Rows
from segdb.charts.drawing import HALO, data, of_chosen, pixel, si
from segdb.charts.labels import Look
from segdb.charts.theme import INK, SOFT, SURFACE

# From so many pixels on, the title of an axis is one line.
_ONE_LINE = 640
# Where a name may stand, in pixels below its centre, and how tall it is.
_PLACES = (-15, 19, -32, 36, -49, 53)
_TALL = 17


def choice(name: str, options: Sequence[str], label: str) -> Any:
    """Return a parameter that the reader sets from a list; options are ours, never data."""
    bind = alt.binding_select(options=list(options), name=f"{label} ")
    return alt.param(name=name, value=options[0], bind=bind)


class FlatMaps(NamedTuple):
    """Maps of two axes each.

    Attributes:
        axes: of each map, by its name, the columns of the centres that lie on its axes.
        label: of the choice between the maps.
        scale: of both axes.
    """

    axes: Mapping[str, tuple[str, str]]
    label: str
    scale: Literal["linear", "sqrt"]


def flat_map(
    look: Look,
    cells: Query,
    rows: Mapping[str, Rows],
    maps: FlatMaps,
    title: Callable[[str], str],
) -> Drawn:
    """Draw maps of two axes, of which the reader chooses one.

    Args:
        look: the colours.
        cells: the query of (axes, segment_id, segment, x, y, customers).
        rows: of that query, and of the ``centres``.
        maps: their names and axes; those without a cell are left out.
        title: of the axis of a column, a line a part.
    """
    own, scale = "datum.axes == shown", maps.scale
    names = [name for name in maps.axes if any(row["axes"] == name for row in rows[cells.name])]
    titles_of_axes = {name: [title(column) for column in maps.axes[name]] for name in names}
    titles = [{"axes": name, "x_title": x, "y_title": y} for name, (x, y) in titles_of_axes.items()]
    centres = [centre for name in names for centre in _on(name, maps.axes[name], rows["centres"])]
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
    titles_of = alt.Chart(alt.InlineData(values=titles)).transform_filter(own)
    below = _title(titles_of, "x_title", "top", 28).encode(
        x=pixel(alt.XValue, alt.expr("width / 2")), y=pixel(alt.YValue, alt.expr("height"))
    )
    above = _title(titles_of, "y_title", "bottom", -12, "left").encode(
        x=pixel(alt.XValue, 0), y=pixel(alt.YValue, 0)
    )
    apart = _apart(centres, rows[cells.name], scale)
    centred = _centres(look, apart, own, across, up) if centres else ()
    return (
        alt.layer(bubbles, *centred, below, above)
        .add_params(choice("shown", names, maps.label))
        .properties(width="container", height=440)
    )


def _on(name: str, axes: tuple[str, str], centres: Rows) -> Rows:
    """Return (axes, segment_id, segment, x, y): where the centres lie on a map."""
    across, up = axes
    kept = ("segment_id", "segment")
    return [
        {"axes": name, **{column: row[column] for column in kept}, "x": row[across], "y": row[up]}
        for row in centres
    ]


def _title(
    titles_of: alt.Chart,
    column: str,
    baseline: Literal["top", "bottom"],
    dy: int,
    align: Literal["left", "center"] = "center",
) -> alt.Chart:
    """Draw what an axis is: in one line where there is room, else a line a part."""
    parts = f"datum.{column}"
    line = f"replace(replace({parts}, regexp(':\\\\n'), ': '), regexp('\\\\n', 'g'), ', ')"
    # Lines run down from the first, and the title above the map has to end at its place.
    rise = f"width < {_ONE_LINE} ? 15 * (length(split({parts}, '\\n')) - 1) : 0"
    marks: alt.Chart = titles_of.transform_calculate(
        words=f"width < {_ONE_LINE} ? {parts} : {line}"
    ).mark_text(
        dy=alt.ExprRef(f"{dy} - ({rise})") if baseline == "bottom" else dy,
        align=align,
        baseline=baseline,
        color=SOFT,
        lineBreak="\n",
        lineHeight=15,
        limit=alt.ExprRef("width"),
    )
    return marks.encode(text=alt.Text("words:N"))


def _centres(
    look: Look, centres: Rows, of_axes: str, across: Any, up: Any
) -> tuple[alt.Chart, ...]:
    """Draw the centres and their names, each name on a halo of the background."""
    middle = alt.Chart(alt.InlineData(values=centres)).transform_filter(of_axes)
    marks = middle.mark_point(size=90, filled=True, stroke=INK, strokeWidth=2, opacity=1).encode(
        x=across, y=up, color=look.colour(), opacity=of_chosen()
    )
    names = [
        middle.mark_text(
            dy=alt.ExprRef(f"width < {_ONE_LINE} ? datum.dy_narrow : datum.dy"),
            fontSize=13,
            fontWeight=600,
            limit=170,
            **style,
        ).encode(x=across, y=up, text=alt.Text("segment:N"), opacity=of_chosen())
        for style in (HALO, {})
    ]
    return marks, *names


def _apart(centres: Rows, cells: Rows, scale: str) -> Rows:
    """Return the centres with the places of their names: above, or where there is room.

    ``dy`` is for a page and ``dy_narrow`` for a phone, in pixels below the centre.
    """
    drawn_cells: Rows = []
    for axes in dict.fromkeys(row["axes"] for row in centres):
        centres_of = [row for row in centres if row["axes"] == axes]
        drawn = centres_of + [row for row in cells if row["axes"] == axes]
        y = _pixels(centres_of, drawn, "y", 420, scale)
        page, phone = (
            _places(centres_of, _pixels(centres_of, drawn, "x", width, scale), y)
            for width in (980, 260)
        )
        drawn_cells += [
            {**row, "dy": dy, "dy_narrow": narrow}
            for row, dy, narrow in zip(centres_of, page, phone, strict=True)
        ]
    return drawn_cells


def _places(centres: Rows, x: Sequence[float], y: Sequence[float]) -> list[int]:
    occupied: list[tuple[float, float, float]] = []
    places = []
    for row, left, up in zip(centres, x, y, strict=True):
        half = 4.0 * min(len(row["segment"]), 21)
        free = [dy for dy in _PLACES if not _meets((left, dy - up, half), occupied)]
        places.append(free[0] if free else _PLACES[0])
        occupied.append((left, places[-1] - up, half))
    return places


def _pixels(centres: Rows, drawn: Rows, axis: str, size: float, scale: str) -> list[float]:
    """Return how far along an axis of so many pixels each centre lies, about."""

    def of(value: float) -> float:
        return math.copysign(math.sqrt(abs(value)), value) if scale == "sqrt" else value

    values = [of(row[axis]) for row in drawn] + ([0.0] if scale == "sqrt" else [])
    low, high = min(values), max(values)
    return [(of(row[axis]) - low) / (high - low or 1.0) * size for row in centres]


def _meets(
    name: tuple[float, float, float], occupied: Sequence[tuple[float, float, float]]
) -> bool:
    x, y, half = name
    return any(abs(x - a) < half + other and abs(y - b) < _TALL for a, b, other in occupied)

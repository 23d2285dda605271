"""What charts draw with: data, opacities, orders and axes that several of them share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import altair as alt

from segdb.charts.chart import Query, Rows
from segdb.charts.theme import ACCENT, SURFACE

# Room for figures behind the ends of bars.
PADDING = {"left": 2, "top": 4, "right": 40, "bottom": 2}
# A cell of a grid: its neighbours are told from it by a line of the background.
CELL: Mapping[str, Any] = {
    "cornerRadius": 3,
    "stroke": SURFACE,
    "strokeWidth": 2,
    "strokeOpacity": 1,
}
# Behind words that stand on lines or bubbles.
HALO: Mapping[str, Any] = {
    "stroke": SURFACE, "strokeWidth": 4, "strokeJoin": "round", "aria": False,
}  # fmt: skip
# Of a level head: letters in a line, and pixels of a letter.
_LETTERS = 11
_LETTER = 7.2
# Letters in a line of a name beside a chart on a phone.
_PHONE = 18
_LINE = 14


def columns(rows: Rows, column: str) -> tuple[int, int]:
    """Return how many columns a grid has, and the pixels that a level head of one needs."""
    names = {str(row[column]) for row in rows}
    longest = max((len(name) for name in names), default=0)
    return len(names), round(_LETTER * min(longest, _LETTERS))


def si(**options: Any) -> alt.Axis:
    """Return an axis of large numbers, such as 1.5k; zero is 0, not 0k."""
    words = "datum.value == 0 ? '0' : datum.label"
    return alt.Axis(format="~s", labelExpr=words, **options)


def names(letters: int = 26, **options: Any) -> alt.Axis:
    """Return an upright axis of names: long ones break into two lines of so many letters.

    On a phone, which the chart has as the parameter ``phone``, there are fewer in a line.
    """
    lines = _lines(f"(phone ? {min(letters, _PHONE)} : {letters})")
    cut = f"length({lines}) > 2 ? [{lines}[0], {lines}[1] + '…'] : {lines}"
    # A second line would hang below the middle of its row.
    raised = alt.ExprRef(f"length({lines}) > 1 ? -{_LINE / 2} : 0")
    return alt.Axis(labelExpr=cut, labelOffset=raised, grid=False, **options)


def heads(rows: Rows, column: str) -> alt.Axis:
    """Return the heads of a grid's columns: level, or slanted where the columns are narrow.

    Which of both is the parameter ``slanted`` of the chart, since the room for them must be known
    before the columns are laid.

    Args:
        rows: of the grid.
        column: whose values are the heads.
    """
    longest = max((len(str(row[column])) for row in rows), default=0)
    most = min(3, math.ceil(longest / _LETTERS))
    band = "bandwidth('x')"
    lines = _lines(f"max(1, floor({band} / 7.2))")
    # Empty lines above a short name let it stand at the foot of its head.
    shown = f"min(length({lines}), {most})"
    empty = _lines(f"max(1, floor({band} / 7.2))", before="\\n" * most)
    padded = f"slice({empty}, {shown}, {shown} + {most})"
    return alt.Axis(
        orient="top",
        grid=False,
        labelExpr=f"slanted ? datum.label : {padded}",
        labelAngle=alt.ExprRef("slanted ? -35 : 0"),
        labelAlign=alt.ExprRef("slanted ? 'left' : 'center'"),
        labelBaseline="bottom",
        labelLimit=alt.ExprRef(f"slanted ? 150 : {band}"),
        labelPadding=alt.ExprRef(f"slanted ? 6 : {6 + (most - 1) * _LINE}"),
    )


def _lines(letters: str, before: str = "") -> str:
    """Return the Vega expression of a label's lines, broken at blanks."""
    pattern = f"regexp('(.{{1,' + {letters} + '}})(\\\\s+|$)', 'g')"
    return f"split('{before}' + trim(replace(datum.label, {pattern}, '$1\\n')), '\\n')"


def in_order(field: str) -> alt.EncodingSortField:
    """Return the order of a column of whole numbers, for the axis or panels of another column."""
    return alt.EncodingSortField(field=field, op="min", order="ascending")


def data(name: str) -> alt.NamedData:
    """Return the rows of a query as data of a chart."""
    return alt.NamedData(name=name)


def panels(columns: int, between: int = 64, below: int = 60) -> dict[str, Any]:
    """Return how a facet lays its panels: on a grid, whatever the labels of their axes.

    Args:
        columns: at most.
        between: pixels between two beside each other.
        below: pixels between two below each other.
    """
    return {"columns": columns, "bounds": "flush", "spacing": {"column": between, "row": below}}


def feature_bars(
    rows: Rows, query: Query, across: alt.X, words: alt.Text, *, least: int
) -> alt.LayerChart | alt.FacetChart:
    """Return a bar for each feature, with words at its end.

    Args:
        rows: of the query.
        query: a row a feature.
        across: how long the bars are.
        words: at their ends.
        least: height in pixels.
    """
    y = alt.Y("feature:N", sort=None, title=None, axis=names())
    base = alt.Chart(data(query.name)).encode(x=across, y=y)
    bars = base.mark_bar(color=ACCENT, height={"band": 0.5}, cornerRadiusEnd=3).encode(
        tooltip=query.tooltip
    )
    ends = base.mark_text(align="left", dx=6).encode(text=words)
    height = max(28 * len(rows), least)
    return alt.layer(bars, ends).properties(width="container", padding=PADDING, height=height)


def pixel(channel: type[alt.XValue | alt.YValue], place: Any) -> Any:
    """Return a channel with a place in pixels, a number or an expression."""
    return channel(place)


def of_chosen(full: float = 1.0, faded: float = 0.12) -> Any:
    """Return an opacity: full for every segment, or for the one that the reader chose."""
    test = "chosen == 0 || datum.segment_id == chosen"
    return alt.OpacityValue(faded, condition={"test": test, "value": full})

"""A cube that two parameters, ``turn`` and ``tilt``, turn before the eye."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import altair as alt

from segdb.charts.chart import Drawn
from segdb.charts.theme import LINE


def turned(chart: alt.Chart, end: str = "") -> Drawn:
    """Add the place on the screen of a point (x, y, z): across, up and depth."""
    x, y, z = (f"datum.{axis}{end}" for axis in "xyz")
    angle, slope = "(turn * PI / 180)", "(tilt * PI / 180)"
    return chart.transform_calculate(
        **{
            f"across{end}": f"{x} * cos({angle}) + {z} * sin({angle})",
            f"behind{end}": f"{z} * cos({angle}) - {x} * sin({angle})",
        }
    ).transform_calculate(
        **{
            f"up{end}": f"{y} * cos({slope}) + datum.behind{end} * sin({slope})",
            f"depth{end}": f"datum.behind{end} * cos({slope}) - {y} * sin({slope})",
        }
    )


def place(name: str) -> Any:
    """Return the channel of ``across`` or ``up``, with or without an end."""
    # One unit is as long across as up, whatever the width of the page.
    sides = ("width", "height") if name.startswith("across") else ("height", "width")
    reach = f"1.55 * max(1, {sides[0]} / max(1, {sides[1]}))"
    domain = alt.ExprRef(f"[-({reach}), {reach}]")
    kind = alt.X if name.startswith("across") else alt.Y
    return kind(f"{name}:Q", axis=None, scale=alt.Scale(domain=domain, nice=False, zero=False))


def frame() -> Drawn:
    """Draw the edges of the cube from -1 to 1."""
    corners = list(product((-1, 1), repeat=3))
    edges = [
        dict(zip(("x", "y", "z", "x2", "y2", "z2"), (*a, *b), strict=True))
        for a, b in combinations(corners, 2)
        if sum(first != second for first, second in zip(a, b, strict=True)) == 1
    ]
    chart = alt.Chart(alt.InlineData(values=edges)).mark_rule(color=LINE, aria=False)
    return turned(turned(chart), "2").encode(
        x=place("across"), y=place("up"), x2=alt.X2("across2:Q"), y2=alt.Y2("up2:Q")
    )

"""The turning, evaluated by Vega itself and against the rotation matrices of a textbook."""

from __future__ import annotations

import json
import math
import re

import altair as alt
import numpy as np
import pytest
import vl_convert

from segdb.charts.cube import turned
from segdb.charts.theme import VEGA_LITE

POINTS = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.3, -0.7, 0.5)]


@pytest.mark.parametrize(("turn", "tilt"), [(0, 0), (90, 0), (35, 20), (200, -60)])
def test_points_are_turned_about_the_upright_and_then_tilted(turn: int, tilt: int) -> None:
    values = [dict(zip("xyz", point, strict=True)) for point in POINTS]
    scale = alt.Scale(domain=[-2, 2], nice=False)
    chart = (
        turned(alt.Chart(alt.InlineData(values=values)))
        .mark_point()
        .encode(
            x=alt.X("across:Q", scale=scale, axis=None), y=alt.Y("up:Q", scale=scale, axis=None)
        )
        .properties(width=400, height=400)
        .add_params(alt.param("turn", value=turn), alt.param("tilt", value=tilt))
    )
    svg = vl_convert.vegalite_to_svg(json.loads(chart.to_json()), vl_version=VEGA_LITE)
    drawn = [
        (float(x) / 100 - 2, 2 - float(y) / 100)
        for x, y in re.findall(
            r'aria-label="across[^>]*transform="translate\(([^,]+),([^)]+)\)', svg
        )
    ]
    a, b = math.radians(turn), math.radians(tilt)
    about = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    lean = np.array([[1, 0, 0], [0, math.cos(b), math.sin(b)], [0, -math.sin(b), math.cos(b)]])
    wanted = (lean @ about @ np.array(POINTS).T)[:2].T
    assert np.allclose(np.array(drawn), wanted, atol=0.01)

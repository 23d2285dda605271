"""What charts draw with: data, opacities, orders and axes that several of them share."""

from __future__ import annotations

from typing import Any

import altair as alt

from segdb.charts.chart import Rows

# Room for figures behind the ends of bars.
BESIDE = {"left": 2, "top": 4, "right": 40, "bottom": 2}


def grid_width(rows: Rows, column: str) -> int:
    """Return the pixels that a grid with a column of cells for each of these values wants."""
    return 190 + 42 * len({row[column] for row in rows})


def si(**options: Any) -> alt.Axis:
    """Return an axis of large numbers, such as 1.5k; zero is 0, not 0k."""
    words = "datum.value == 0 ? '0' : datum.label"
    return alt.Axis(format="~s", labelExpr=words, **options)


def in_order(field: str) -> alt.EncodingSortField:
    """Return the order of a column of whole numbers, for the axis or panels of another column."""
    return alt.EncodingSortField(field=field, op="min", order="ascending")


def data(name: str) -> alt.NamedData:
    """Return the rows of a query as data of a chart."""
    return alt.NamedData(name=name)


def of_chosen(full: float = 1.0, faded: float = 0.12) -> Any:
    """Return an opacity: full for every segment, or for the one that the reader chose."""
    test = "chosen == 0 || datum.segment_id == chosen"
    return alt.condition(test, alt.value(full), alt.value(faded))
